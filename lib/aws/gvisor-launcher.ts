import { Duration, Stack } from 'aws-cdk-lib';
import { type Grant, type IGrantable, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Choice,
  Condition,
  CustomState,
  DefinitionBody,
  Fail,
  type IChainable,
  Pass,
  StateMachine,
  Succeed,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RunLauncher } from './agent-compute';
import type { GvisorAgent } from './gvisor-agent';
import { keepMachine } from './machine-problems';
import { addLauncherRole } from './run-role';

/** A day of looks is a third of what the history of an execution holds. */
const LOOK_EVERY = Duration.minutes(2);

/** Step Functions has this one name for whatever EC2 answers instead of an instance; its code stands in the text alone. */
const REFUSED = 'Ec2.Ec2Exception';

export interface GvisorLauncherProps {
  readonly agent: GvisorAgent;
  /** A run's instance is ended after this time at the latest. */
  readonly seconds: number;
}

/**
 * Starts one instance a run, of one version of a zone's launch template, and ends it after its time. What a zone refuses, for want of
 * capacity most often, is asked of the next. IAM lets the role start what a template names and nothing else: whatever a
 * request put in its place is refused. The caller gives nothing: an instance without a metadata service can be told nothing.
 */
export class GvisorLauncher extends Construct implements RunLauncher {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { agent, seconds }: GvisorLauncherProps) {
    super(scope, id);
    const role = addLauncherRole(this, 'Starts instances of one agent');
    for (const statement of launchStatements(this, agent)) role.addToPolicy(statement);
    if (agent.encryptionKey) allowVolumes(role, agent.encryptionKey);
    const refuse = new Fail(this, 'Refuse', {
      error: 'InputNotTaken',
      cause: 'expected {}: this agent is told nothing',
    });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      role,
      timeout: Duration.seconds(seconds + 900),
      definitionBody: DefinitionBody.fromChainable(
        new Choice(this, 'Check')
          .when(Condition.isPresent('$.input'), refuse)
          .otherwise(runStates(this, agent, seconds)),
      ),
    });
    keepMachine(this.stateMachine);
  }

  /** Lets `grantee` start runs through this launcher: `states:StartExecution` on it, and nothing else. */
  grantRun(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}

/** An encrypted volume is made by whoever starts the instance, and EC2 goes on by a grant of theirs. */
function allowVolumes(role: IRole, key: IKey): void {
  key.grant(role, 'kms:Decrypt', 'kms:GenerateDataKeyWithoutPlaintext');
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: ['kms:CreateGrant'],
      resources: [key.keyArn],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  );
}

/** Run, look every other minute whether it has ended itself, and end it when its time is over. */
function runStates(scope: Construct, { zones }: GvisorAgent, seconds: number): IChainable {
  const call = (id: string, name: string, rest: object) => {
    const Resource = `arn:${Stack.of(scope).partition}:states:::aws-sdk:ec2:${name}`;
    return new CustomState(scope, id, { stateJson: { Type: 'Task', Resource, ...rest } });
  };
  const runs = zones.map(({ template }, index) =>
    call(`Run${index === 0 ? '' : index + 1}`, 'runInstances', {
      ResultSelector: { 'Id.$': '$.Instances[0].InstanceId', Looks: 0 },
      Parameters: {
        // The version: an older one may be weaker.
        LaunchTemplate: { LaunchTemplateId: template.ref, Version: template.attrLatestVersionNumber },
        MinCount: 1,
        MaxCount: 1,
      },
    }),
  );
  const ids = { 'InstanceIds.$': 'States.Array($.Id)' };
  const look = call('Look', 'describeInstances', {
    Parameters: ids,
    ResultSelector: { 'State.$': '$.Reservations[0].Instances[0].State.Name' },
    ResultPath: '$.Seen',
  });
  const end = call('End', 'terminateInstances', { Parameters: ids, ResultPath: null, End: true });
  const wait = new Wait(scope, 'Wait', { time: WaitTime.duration(LOOK_EVERY) });
  const count = new Pass(scope, 'Count', {
    parameters: { 'Id.$': '$.Id', 'State.$': '$.Seen.State', 'Looks.$': 'States.MathAdd($.Looks, 1)' },
  });
  const ended = new Choice(scope, 'Ended')
    .when(Condition.stringEquals('$.State', 'terminated'), new Succeed(scope, 'Done'))
    .when(Condition.numberGreaterThanEquals('$.Looks', Math.ceil(seconds / LOOK_EVERY.toSeconds())), end)
    .otherwise(wait);
  wait.next(look).next(count).next(ended);
  for (const [index, run] of runs.entries()) {
    run.next(wait);
    const next = runs[index + 1];
    if (next) run.addCatch(next, { errors: [REFUSED] });
  }
  if (runs[0]) return runs[0];
  throw new Error(`${scope.node.path}: expected a subnet for the agent, got none [subnets-none]`);
}

function launchStatements(scope: Construct, agent: GvisorAgent): PolicyStatement[] {
  const stack = Stack.of(scope);
  const arn = (resource: string, name: string) => stack.formatArn({ service: 'ec2', resource, resourceName: name });
  const templates = agent.zones.map(({ template }) => arn('launch-template', template.ref));
  // A resource that the request's template names, and no other in its place.
  const ofTemplate = {
    ArnEquals: { 'ec2:LaunchTemplate': templates },
    Bool: { 'ec2:IsLaunchTemplateResource': 'true' },
  };
  return [
    new PolicyStatement({
      actions: ['ec2:RunInstances'],
      resources: [
        ...templates,
        `arn:${stack.partition}:ec2:${stack.region}::image/${agent.machineImage}`,
        ...agent.zones.map(({ subnetId }) => arn('subnet', subnetId)),
        arn('security-group', agent.securityGroup.securityGroupId),
        arn('network-interface', '*'),
        arn('volume', '*'),
      ],
      conditions: ofTemplate,
    }),
    new PolicyStatement({
      actions: ['ec2:RunInstances'],
      resources: [arn('instance', '*')],
      conditions: {
        ArnEquals: ofTemplate.ArnEquals,
        StringEquals: { 'ec2:MetadataHttpEndpoint': 'disabled' },
        Null: { 'ec2:InstanceProfile': 'true' },
      },
    }),
    // It has no resource to name.
    new PolicyStatement({ actions: ['ec2:DescribeInstances'], resources: ['*'] }),
    new PolicyStatement({
      actions: ['ec2:TerminateInstances'],
      resources: [arn('instance', '*')],
      conditions: {
        StringEquals: { 'ec2:ResourceTag/aws:ec2launchtemplate:id': agent.zones.map(({ template }) => template.ref) },
      },
    }),
  ];
}
