import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Port } from 'aws-cdk-lib/aws-ec2';
import type { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { CfnAccessPoint, CfnFileSystem, CfnMountTarget } from 'aws-cdk-lib/aws-efs';
import { Effect, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import { ClosedSecurityGroup } from './closed-security-group';

const NFS = Port.tcp(2049);
const VOLUME = 'output';

export interface OutputStoreProps {
  /** Of the agent that writes. */
  readonly network: AgentNetwork;
  /** @default - the network's */
  readonly encryptionKey?: IKey;
  /** What becomes of the output when the stack is deleted. @default RemovalPolicy.RETAIN */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * A file system for what one agent hands over: it outlives the run. The agent comes as uid 1000 by an access point whose
 * root is `/output`, over TLS. It has no role, so it can't sign: the file system's policy admits whoever the group lets in,
 * by an access point, never as root.
 */
export class OutputStore extends Construct {
  readonly fileSystemId: string;
  readonly accessPointId: string;
  /** Holds the mount targets. Who reads the output is let in here: `reader.connections.allowTo(store.securityGroup, Port.tcp(2049))`. */
  readonly securityGroup: ISecurityGroup;
  private readonly network: AgentNetwork;
  private writer: ISecurityGroup | undefined;

  constructor(scope: Construct, id: string, { network, removalPolicy, ...props }: OutputStoreProps) {
    super(scope, id);
    this.network = network;
    const encryptionKey = props.encryptionKey ?? network.encryptionKey;
    const { region, urlSuffix } = Stack.of(this);
    const fileSystem = new CfnFileSystem(this, 'FileSystem', {
      encrypted: true,
      ...(encryptionKey ? { kmsKeyId: encryptionKey.keyArn } : {}),
      bypassPolicyLockoutSafetyCheck: true,
      fileSystemPolicy: fileSystemPolicy(this),
    });
    fileSystem.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.RETAIN);
    this.fileSystemId = fileSystem.ref;
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'Output of an agent',
    });
    for (const [index, subnetId] of network.subnetIds.entries()) {
      const securityGroups = [this.securityGroup.securityGroupId];
      new CfnMountTarget(this, `MountTarget${index}`, { fileSystemId: fileSystem.ref, subnetId, securityGroups });
    }
    this.accessPointId = new CfnAccessPoint(this, 'AccessPoint', {
      fileSystemId: fileSystem.ref,
      posixUser: { uid: '1000', gid: '1000' },
      rootDirectory: {
        path: '/output',
        creationInfo: { ownerUid: '1000', ownerGid: '1000', permissions: '0750' },
      },
    }).attrAccessPointId;
    network.garden.allow(`${fileSystem.ref}.efs.${region}.${urlSuffix}`);
  }

  /**
   * Mounts it in a task of an agent of its network; returns the volume's name. One agent only: two could pass data on to each other.
   * @throws Error `output-taken`, `output-elsewhere`
   */
  mountIn(definition: FargateTaskDefinition, group: ISecurityGroup, network: AgentNetwork): string {
    if (network !== this.network) {
      throw new Error(
        `${this.node.path}: expected the agent in the network of its output, got ${network.node.path}: no mount target stands there; give OutputStore that network [output-elsewhere]`,
      );
    }
    if (this.writer !== undefined) {
      throw new Error(
        `${this.node.path}: expected one agent to write here, got a second: they could pass data to each other past their proxies; give each an OutputStore [output-taken]`,
      );
    }
    this.writer = group;
    group.connections.allowTo(this.securityGroup, NFS, 'its output');
    definition.addVolume({
      name: VOLUME,
      efsVolumeConfiguration: {
        fileSystemId: this.fileSystemId,
        transitEncryption: 'ENABLED',
        // Without a role there is nothing to sign with.
        authorizationConfig: { accessPointId: this.accessPointId, iam: 'DISABLED' },
      },
    });
    return VOLUME;
  }
}

/** CloudFormation can't name the access point here, which needs the file system first: any of this account, and there is one. */
function fileSystemPolicy(scope: Construct): PolicyDocument {
  const { account, partition, region } = Stack.of(scope);
  const accessPoints = `arn:${partition}:elasticfilesystem:${region}:${account}:access-point/*`;
  const principals = [new StarPrincipal()];
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'ByAccessPointOnly',
        principals,
        actions: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        conditions: {
          StringLike: { 'elasticfilesystem:AccessPointArn': accessPoints },
          Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' },
        },
      }),
      new PolicyStatement({
        sid: 'EncryptedOnly',
        effect: Effect.DENY,
        principals,
        actions: ['*'],
        conditions: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ],
  });
}
