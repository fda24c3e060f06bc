import { Stack } from 'aws-cdk-lib';
import { CfnStateMachine, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { rendered } from './rendered';

/** Checks at synth that a launcher's state machine is as it was built: whoever may start runs has no choice but what it has. */
export function keepMachine(machine: StateMachine): void {
  const resource = machine.node.defaultChild;
  if (!(resource instanceof CfnStateMachine))
    throw new Error(`${machine.node.path}: expected a state machine resource [machine-not-found]`);
  const { definitionString, roleArn } = resource;
  const text = (value: unknown) => JSON.stringify(Stack.of(machine).resolve(value));
  const validate = (): string[] => {
    const { Properties } = rendered(resource);
    const elsewhere = ['Definition', 'DefinitionS3Location', 'DefinitionSubstitutions'].filter(
      (name) => Properties[name] !== undefined,
    );
    const same =
      text(Properties.DefinitionString) === text(definitionString) && text(Properties.RoleArn) === text(roleArn);
    if (same && elsewhere.length === 0) return [];
    return [
      `${machine.node.path}: expected the definition and the role it was built with, got another: it writes out each choice of a launch, so that its caller has none; take back what overrides it [launcher-changed]`,
    ];
  };
  machine.node.addValidation({ validate });
}
