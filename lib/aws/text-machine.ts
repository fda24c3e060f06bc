import type { Duration } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Choice, Condition, type CustomState, DefinitionBody, Fail, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { keepMachine } from './machine-problems';

export interface TextMachineProps {
  readonly role: IRole;
  /** What one text starts. */
  readonly run: CustomState;
  /** An execution that takes longer is stopped. */
  readonly timeout: Duration;
}

/** A state machine that takes `{"input": "a text"}`, refuses all else, and does one thing with it. */
export function addTextMachine(scope: Construct, { role, run, timeout }: TextMachineProps): StateMachine {
  const refuse = new Fail(scope, 'Refuse', { error: 'InputNotText', cause: 'expected {"input": "a text"}' });
  const machine = new StateMachine(scope, 'StateMachine', {
    role,
    timeout,
    definitionBody: DefinitionBody.fromChainable(
      new Choice(scope, 'Check')
        .when(Condition.and(Condition.isPresent('$.input'), Condition.isString('$.input')), run)
        .otherwise(refuse),
    ),
  });
  keepMachine(machine);
  return machine;
}
