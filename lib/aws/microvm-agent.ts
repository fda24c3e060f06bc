import { Names, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnMicrovmImage } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import { WORKLOAD_MARK } from '../proof';
import type { AgentParts } from './agent-compute';
import { agentEnvironment } from './agent-environment';
import { ClosedSecurityGroup } from './closed-security-group';
import { addLog } from './encrypted-log';
import { MicrovmConnector } from './microvm-connector';
import { microvmResources } from './microvm-library';
import { microvmProblems } from './microvm-problems';
import { GATEWAY_PORT } from './proxy-ports';

/** Where the image answers the platform's hooks. */
const HOOK_PORT = 9000;

export interface MicrovmAgentProps extends Pick<AgentParts, 'network' | 'proxy' | 'window'> {
  readonly directory: string;
  readonly baseImage: string;
  readonly baseImageVersion: string;
  readonly architecture: 'ARM_64' | 'X86_64';
  readonly memoryMiB: number;
}

/** The image that an agent's MicroVMs start from. It holds no role and no secret; a run's text and the authority come by its run hook. */
export class MicrovmAgent extends Construct {
  readonly image: CfnMicrovmImage;
  readonly connector: MicrovmConnector;
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: MicrovmAgentProps) {
    super(scope, id);
    const { CfnMicrovmImage } = microvmResources();
    const { network, window } = props;
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description: 'Agents' });
    window.allowFrom(this.securityGroup);
    this.connector = new MicrovmConnector(this, 'Way', { network, securityGroup: this.securityGroup });
    const code = new Asset(this, 'Code', { path: props.directory });
    const log = addLog(this, 'BuildLog', network.encryptionKey);
    this.image = new CfnMicrovmImage(this, 'Image', {
      name: Names.uniqueResourceName(this, { maxLength: 60, separator: '-' }),
      description: 'An agent that reaches its proxy and nothing else',
      baseImageArn: `arn:${Stack.of(this).partition}:lambda:${Stack.of(this).region}:aws:microvm-image:${props.baseImage}`,
      baseImageVersion: props.baseImageVersion,
      buildRoleArn: buildRole(this, code, log).roleArn,
      codeArtifact: { uri: code.s3ObjectUrl },
      cpuConfigurations: [{ architecture: props.architecture }],
      resources: [{ minimumMemoryInMiB: props.memoryMiB }],
      additionalOsCapabilities: [],
      // Left out, builds and runs that name none have the internet.
      egressNetworkConnectors: [this.connector.versionArn],
      environmentVariables: variables(props),
      hooks: { port: HOOK_PORT, microvmHooks: { run: 'ENABLED', runTimeoutInSeconds: 60 } },
      logging: { cloudWatch: { logGroup: log.logGroupName } },
      ...(network.encryptionKey ? { kmsKeyIdentifier: network.encryptionKey.keyArn } : {}),
    });
    this.image.addMetadata(WORKLOAD_MARK, 'agent');
    this.node.addValidation({
      validate: () => microvmProblems(this.image, this.connector.resource, this.securityGroup),
    });
  }
}

/** What clients in the MicroVM are told, and where the run hook fetches the authority. No secret. */
function variables({ proxy, window }: MicrovmAgentProps): { key: string; value: string }[] {
  const environment = {
    ...agentEnvironment(proxy.policy, window.name),
    ANCHORHOLD_AUTHORITY: `http://${window.name}:${GATEWAY_PORT}${AUTHORITY_PATH}`,
  };
  return Object.entries(environment).map(([key, value]) => ({ key, value }));
}

/** Reads this code and writes this log: code of the image runs with it while the image is built. */
function buildRole(scope: Construct, code: Asset, log: LogGroup): Role {
  const { account, partition, region } = Stack.of(scope);
  const role = new Role(scope, 'BuildRole', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:lambda:${region}:${account}:microvm-image:*` },
      },
    }),
  });
  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:GetObject'], resources: [code.bucket.arnForObjects(code.s3ObjectKey)] }),
  );
  role.addToPolicy(
    new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [log.logGroupArn] }),
  );
  return role;
}
