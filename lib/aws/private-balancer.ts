import { Stack } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, type SubnetSelection, VpcEndpointService } from 'aws-cdk-lib/aws-ec2';
import { NetworkLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ClosedSecurityGroup } from './closed-security-group';

export interface PrivateBalancerProps {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly description: string;
  /** Whether other networks of this account may come by PrivateLink. */
  readonly offered: boolean;
}

/** An internal network load balancer whose group admits nobody by itself; where it is offered, other networks come by PrivateLink. */
export class PrivateBalancer extends Construct {
  readonly balancer: NetworkLoadBalancer;
  readonly securityGroup: ISecurityGroup;
  /** Undefined where it isn't offered. */
  readonly endpointService?: VpcEndpointService;

  constructor(scope: Construct, id: string, { vpc, subnets, description, offered }: PrivateBalancerProps) {
    super(scope, id);
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc, description });
    this.balancer = new NetworkLoadBalancer(this, 'Balancer', {
      vpc,
      internetFacing: false,
      securityGroups: [this.securityGroup],
      vpcSubnets: subnets,
      crossZoneEnabled: true,
      // Its group judges callers of its own network only; the endpoint's group in the callers' network judges those over PrivateLink.
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: !offered,
    });
    if (!offered) return;
    const { account, partition } = Stack.of(this);
    this.endpointService = new VpcEndpointService(this, 'EndpointService', {
      vpcEndpointServiceLoadBalancers: [this.balancer],
      acceptanceRequired: false,
      allowedPrincipals: [new ArnPrincipal(`arn:${partition}:iam::${account}:root`)],
    });
  }
}
