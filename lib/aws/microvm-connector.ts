import { Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnNetworkConnector } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { AgentNetwork } from './agent-network';
import { microvmResources } from './microvm-library';

export interface MicrovmConnectorProps {
  readonly network: AgentNetwork;
  readonly securityGroup: ISecurityGroup;
}

/** Where MicroVMs come out: interfaces in the agents' subnets, under the agents' group, IPv4 alone. */
export class MicrovmConnector extends Construct {
  readonly resource: CfnNetworkConnector;
  /** Its version: an older one may lead elsewhere. */
  readonly versionArn: string;

  constructor(scope: Construct, id: string, { network, securityGroup }: MicrovmConnectorProps) {
    super(scope, id);
    const { CfnNetworkConnector } = microvmResources();
    const role = operatorRole(this, network, securityGroup);
    this.resource = new CfnNetworkConnector(this, 'Connector', {
      configuration: {
        vpcEgressConfiguration: {
          associatedComputeResourceTypes: ['MicroVm'],
          networkProtocol: 'IPv4',
          subnetIds: [...network.subnetIds],
          securityGroupIds: [securityGroup.securityGroupId],
        },
      },
      operatorRole: role.roleArn,
    });
    // Lambda tries the role while it makes the connector.
    this.resource.node.addDependency(role);
    this.versionArn = this.resource.attrLatestVersionArn;
  }
}

/** Makes interfaces in these subnets with this group, and nowhere else: AWS's own policy for it names any subnet and group. */
function operatorRole(scope: Construct, network: AgentNetwork, group: ISecurityGroup): Role {
  const stack = Stack.of(scope);
  const arn = (resource: string, name: string) => stack.formatArn({ service: 'ec2', resource, resourceName: name });
  // Lambda takes the role without saying for whom, so its trust can't be bound to an account.
  const role = new Role(scope, 'Operator', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const interfaces = arn('network-interface', '*');
  const subnets = network.subnetIds.map((id) => arn('subnet', id));
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterface'],
      resources: [...subnets, arn('security-group', group.securityGroupId), interfaces],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['ec2:CreateTags'],
      resources: [interfaces],
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' } },
    }),
  );
  return role;
}
