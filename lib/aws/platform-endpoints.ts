import { Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  type GatewayVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  Peer,
  Port,
  type Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ClosedSecurityGroup } from './closed-security-group';
import type { DnsGarden } from './dns-garden';
import { s3PrefixList } from './s3-prefix-list';

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];

export interface PlatformEndpointsProps {
  readonly vpc: Vpc;
  readonly garden: DnsGarden;
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
}

/**
 * The endpoints Fargate itself needs to start a task: its image, its layers, its log. They go through the agent's own
 * network interface, so the agent reaches them too: their policies are part of the firewall, and pin our account against
 * an agent that brings someone else's key.
 */
export class PlatformEndpoints extends Construct {
  /** Holds the interface endpoints. */
  readonly securityGroup: ISecurityGroup;
  private readonly registryApi: InterfaceVpcEndpoint;
  private readonly registry: InterfaceVpcEndpoint;
  private readonly logs: InterfaceVpcEndpoint;
  private readonly layers: GatewayVpcEndpoint;
  private readonly s3PrefixListId: string;

  constructor(scope: Construct, id: string, props: PlatformEndpointsProps) {
    super(scope, id);
    const { account, partition, region, urlSuffix } = Stack.of(this);
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: 'Endpoints of AWS services',
    });
    this.registryApi = this.endpoint('RegistryApi', props.vpc, InterfaceVpcEndpointAwsService.ECR);
    this.registry = this.endpoint('Registry', props.vpc, InterfaceVpcEndpointAwsService.ECR_DOCKER);
    this.logs = this.endpoint('Logs', props.vpc, InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS);
    this.s3PrefixListId = props.s3PrefixListId ?? s3PrefixList(this);
    const bucket = `prod-${region}-starport-layer-bucket`;
    this.layers = props.vpc.addGatewayEndpoint('Layers', { service: GatewayVpcEndpointAwsService.S3 });
    // No principal condition: the registry's own account signs layer reads. The one bucket and the one action are the wall.
    this.layers.addToPolicy(
      new PolicyStatement({
        principals: [new StarPrincipal()],
        actions: ['s3:GetObject'],
        resources: [`arn:${partition}:s3:::${bucket}/*`],
      }),
    );
    this.registryApi.addToPolicy(
      new PolicyStatement({
        principals: [new StarPrincipal()],
        actions: ['ecr:GetAuthorizationToken'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:PrincipalAccount': account } },
      }),
    );
    for (const name of [
      `api.ecr.${region}`,
      `${account}.dkr.ecr.${region}`,
      `logs.${region}`,
      `${bucket}.s3.${region}`,
    ]) {
      props.garden.allow(`${name}.${urlSuffix}`);
    }
  }

  /** Lets tasks pull this repository's images; no other repository, and nothing is ever pushed. */
  allowPull(repository: IRepository): void {
    for (const endpoint of [this.registryApi, this.registry])
      endpoint.addToPolicy(this.ours(PULL, repository.repositoryArn));
  }

  /** Lets tasks write to this log group. */
  allowLog(group: ILogGroup): void {
    this.logs.addToPolicy(this.ours(['logs:CreateLogStream', 'logs:PutLogEvents'], group.logGroupArn));
  }

  /** Opens a task's group to the endpoints, HTTPS only. */
  allowFrom(group: ISecurityGroup): void {
    group.connections.allowTo(this.securityGroup, Port.HTTPS, 'image and log');
    group.addEgressRule(Peer.prefixList(this.s3PrefixListId), Port.HTTPS, 'image layers');
  }

  private endpoint(id: string, vpc: Vpc, service: InterfaceVpcEndpointAwsService): InterfaceVpcEndpoint {
    const endpoint = new InterfaceVpcEndpoint(this, id, {
      vpc,
      service,
      open: false,
      securityGroups: [this.securityGroup],
    });
    // An endpoint without a policy gives full access; with this it starts closed to everyone else for good.
    endpoint.addToPolicy(
      new PolicyStatement({
        sid: 'OurPrincipalsOnly',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['*'],
        resources: ['*'],
        conditions: { StringNotEquals: { 'aws:PrincipalAccount': Stack.of(this).account } },
      }),
    );
    return endpoint;
  }

  private ours(actions: string[], resource: string): PolicyStatement {
    const { account } = Stack.of(this);
    return new PolicyStatement({
      principals: [new StarPrincipal()],
      actions,
      resources: [resource],
      conditions: { StringEquals: { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account } },
    });
  }
}
