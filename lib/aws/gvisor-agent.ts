import { CfnLaunchTemplate, type ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CnameRecord, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { WORKLOAD_MARK } from '../proof';
import type { AgentParts } from './agent-compute';
import { ClosedSecurityGroup } from './closed-security-group';
import { PROXY_LABEL, proxyZone } from './gvisor-name';
import { gvisorProblems } from './gvisor-problems';

export interface GvisorAgentProps extends Pick<AgentParts, 'network' | 'proxy' | 'window'> {
  readonly machineImage: string;
  readonly instanceType: string;
  readonly rootDevice: string;
}

/** What instances in one zone are started by. */
export interface ZoneTemplate {
  readonly template: CfnLaunchTemplate;
  readonly subnetId: string;
}

/**
 * The instance an agent's run has for itself: no profile, no key pair, no metadata service, no public address, and a group that
 * leads to the proxy alone. User data comes by the metadata service, so there is none either: the machine image starts the agent.
 * There is a launch template for each zone, so that no request has to name a subnet.
 */
export class GvisorAgent extends Construct {
  /** In the order in which they are tried; at least one. */
  readonly zones: readonly ZoneTemplate[];
  readonly securityGroup: ISecurityGroup;
  readonly machineImage: string;
  /** Undefined: a key of AWS. */
  readonly encryptionKey?: IKey;

  constructor(scope: Construct, id: string, props: GvisorAgentProps) {
    super(scope, id);
    const { network, proxy, window, machineImage } = props;
    this.machineImage = machineImage;
    if (network.encryptionKey) this.encryptionKey = network.encryptionKey;
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description: 'Agents' });
    window.allowFrom(this.securityGroup);
    this.zones = network.subnetIds.map((subnetId, index) => ({
      subnetId,
      template: this.addTemplate(props, subnetId, index),
    }));
    // The machine image is built before the proxy has a name: it asks for this one.
    const zoneName = proxyZone(proxy.policy);
    const zone = new PrivateHostedZone(this, 'Zone', { zoneName, vpc: network.vpc });
    new CnameRecord(this, 'Proxy', { zone, recordName: PROXY_LABEL, domainName: window.name });
    network.garden.allow(`${PROXY_LABEL}.${zoneName}`);
    this.node.addValidation({ validate: () => gvisorProblems(this.zones, this.securityGroup) });
  }

  private addTemplate(props: GvisorAgentProps, subnetId: string, index: number): CfnLaunchTemplate {
    const template = new CfnLaunchTemplate(this, `Template${index === 0 ? '' : index + 1}`, {
      launchTemplateData: this.data(props, subnetId),
    });
    template.addMetadata(WORKLOAD_MARK, 'agent');
    return template;
  }

  private data(
    { machineImage, instanceType, rootDevice }: GvisorAgentProps,
    subnetId: string,
  ): CfnLaunchTemplate.LaunchTemplateDataProperty {
    return {
      imageId: machineImage,
      instanceType,
      // The machine turns itself off when the agent ends.
      instanceInitiatedShutdownBehavior: 'terminate',
      metadataOptions: { httpEndpoint: 'disabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      networkInterfaces: [
        {
          deviceIndex: 0,
          subnetId,
          groups: [this.securityGroup.securityGroupId],
          associatePublicIpAddress: false,
          deleteOnTermination: true,
        },
      ],
      blockDeviceMappings: [
        {
          deviceName: rootDevice,
          ebs: {
            encrypted: true,
            deleteOnTermination: true,
            volumeType: 'gp3',
            ...(this.encryptionKey ? { kmsKeyId: this.encryptionKey.keyArn } : {}),
          },
        },
      ],
    };
  }
}
