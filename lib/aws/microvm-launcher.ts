import { Duration, Stack } from 'aws-cdk-lib';
import { type Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CustomState, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { RunLauncher } from './agent-compute';
import type { MicrovmAgent } from './microvm-agent';
import { addLauncherRole } from './run-role';
import { addTextMachine } from './text-machine';

export interface MicrovmLauncherProps {
  readonly agent: MicrovmAgent;
  /** A run is ended after this time. */
  readonly seconds: number;
}

/**
 * Starts one MicroVM a run. RunMicrovm lets its caller choose connectors, and those that it doesn't name are the internet and
 * a public address: here both are written out, and the role may pass these two and no other. It may pass no role, so a run has none.
 * The caller gives one text, `{"input": "…"}`, which the image's run hook is handed: 4,096 characters by the service's own model.
 */
export class MicrovmLauncher extends Construct implements RunLauncher {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: MicrovmLauncherProps) {
    super(scope, id);
    const role = addLauncherRole(this, 'Starts MicroVMs of one agent by one connector');
    const { image, connector } = props.agent;
    const { partition, region } = Stack.of(this);
    const noIngress = `arn:${partition}:lambda:${region}:aws:network-connector:aws-network-connector:NO_INGRESS`;
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:RunMicrovm'], resources: [image.attrImageArn] }));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:PassNetworkConnector'],
        resources: [connector.resource.attrArn, connector.versionArn, noIngress],
      }),
    );
    const run = new CustomState(this, 'Run', {
      stateJson: {
        Type: 'Task',
        Resource: `arn:${partition}:states:::aws-sdk:lambdamicrovms:runMicrovm`,
        ResultSelector: { 'MicrovmId.$': '$.MicrovmId' },
        End: true,
        Parameters: {
          ImageIdentifier: image.attrImageArn,
          // The version: an older one may be weaker.
          ImageVersion: image.attrLatestActiveImageVersion,
          IngressNetworkConnectors: [noIngress],
          EgressNetworkConnectors: [connector.versionArn],
          MaximumDurationInSeconds: props.seconds,
          Logging: { Disabled: {} },
          'RunHookPayload.$': '$.input',
        },
      },
    });
    this.stateMachine = addTextMachine(this, { role, run, timeout: Duration.minutes(5) });
  }

  /** Lets `grantee` start runs through this launcher: `states:StartExecution` on it, and nothing else. */
  grantRun(grantee: IGrantable): Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }
}
