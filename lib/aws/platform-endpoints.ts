import { Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  type GatewayVpcEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  Peer,
  type IVpc,
  Port,
  type SubnetSelection,
  SubnetType,
} from 'aws-cdk-lib/aws-ec2';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Effect, type PolicyStatementProps, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ClosedSecurityGroup } from './closed-security-group';
import type { DnsGarden } from './dns-garden';
import { Perimeter } from './perimeter';
import { s3PrefixList } from './s3-prefix-list';

const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];

export interface PlatformEndpointsProps {
  readonly vpc: IVpc;
  /** Where the endpoints' names are allowed. @default - the network's names aren't walled */
  readonly garden?: DnsGarden;
  /** Where the endpoints stand. @default - the isolated subnets */
  readonly subnets?: SubnetSelection;
  /** The managed prefix list of S3 in the region. @default - from a table of regions */
  readonly s3PrefixListId?: string;
  /** Whose keys and resources are admitted. @default Perimeter.account() */
  readonly perimeter?: Perimeter;
}

/**
 * The endpoints Fargate itself needs to start a task: its image, its layers, its log. They go through the agent's own
 * network interface, so the agent reaches them too: their policies are part of the firewall, and pin our account against
 * an agent that brings someone else's key. Endpoints of further services have groups of their own, which agents aren't let into.
 */
export class PlatformEndpoints extends Construct {
  /** Holds the endpoints that every task needs. */
  readonly securityGroup: ISecurityGroup;
  private readonly registryApi: InterfaceVpcEndpoint;
  private readonly registry: InterfaceVpcEndpoint;
  private readonly logs: InterfaceVpcEndpoint;
  private readonly buckets: GatewayVpcEndpoint;
  private readonly s3PrefixListId: string;
  private readonly perimeter: Perimeter;
  private readonly services = new Map<string, InterfaceVpcEndpoint>();

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PlatformEndpointsProps,
  ) {
    super(scope, id);
    const { account, partition, region } = Stack.of(this);
    this.perimeter = props.perimeter ?? Perimeter.account();
    const description = 'Endpoints of AWS services';
    this.securityGroup = new ClosedSecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description });
    const { ECR, ECR_DOCKER, CLOUDWATCH_LOGS } = InterfaceVpcEndpointAwsService;
    this.registryApi = this.endpoint('RegistryApi', ECR, this.securityGroup, `api.ecr.${region}`);
    this.registry = this.endpoint('Registry', ECR_DOCKER, this.securityGroup, `${account}.dkr.ecr.${region}`);
    this.logs = this.endpoint('Logs', CLOUDWATCH_LOGS, this.securityGroup, `logs.${region}`);
    this.s3PrefixListId = props.s3PrefixListId ?? s3PrefixList(this);
    const bucket = `prod-${region}-starport-layer-bucket`;
    this.buckets = props.vpc.addGatewayEndpoint(`${id}Layers`, { service: GatewayVpcEndpointAwsService.S3 });
    this.allowName(`${bucket}.s3.${region}`);
    // No principal condition: the registry's own account signs layer reads. The one bucket and the one action are the wall.
    this.buckets.addToPolicy(allow({ actions: ['s3:GetObject'], resources: [`arn:${partition}:s3:::${bucket}/*`] }));
    this.registryApi.addToPolicy(this.ofPrincipals(['ecr:GetAuthorizationToken'], ['*']));
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

  /** Lets one task's group reach another service's endpoint, which allows these calls of our own principals and no other. */
  allowService(
    id: string,
    service: InterfaceVpcEndpointAwsService,
    statements: readonly PolicyStatement[],
    from: ISecurityGroup,
  ): void {
    const endpoint = this.services.get(id) ?? this.serviceEndpoint(id, service);
    from.connections.allowTo(endpoint, Port.HTTPS, `the endpoint of ${id}`);
    for (const { actions, resources } of statements) endpoint.addToPolicy(this.ofPrincipals(actions, resources));
  }

  /** Lets one task's group read these secrets by an endpoint. */
  allowSecrets(arns: readonly string[], from: ISecurityGroup): void {
    const read = new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [...arns] });
    this.allowService('Secrets', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, [read], from);
  }

  /** Lets one task's group read these parameters of Parameter Store by an endpoint. */
  allowParameters(arns: readonly string[], from: ISecurityGroup): void {
    const read = new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [...arns] });
    this.allowService('Parameters', InterfaceVpcEndpointAwsService.SSM, [read], from);
  }

  /** Lets tasks read one object of a bucket of ours. */
  allowObject(arn: string): void {
    this.buckets.addToPolicy(this.ofPrincipals(['s3:GetObject'], [arn]));
  }

  /** Opens a task's group to the endpoints that every task needs, HTTPS only. */
  allowFrom(group: ISecurityGroup): void {
    group.connections.allowTo(this.securityGroup, Port.HTTPS, 'services of AWS');
    group.addEgressRule(Peer.prefixList(this.s3PrefixListId), Port.HTTPS, 'image layers');
  }

  private serviceEndpoint(id: string, service: InterfaceVpcEndpointAwsService): InterfaceVpcEndpoint {
    const { vpc } = this.props;
    const group = new ClosedSecurityGroup(this, `${id}SecurityGroup`, { vpc, description: `Endpoint of ${id}` });
    const endpoint = this.endpoint(id, service, group, `${service.shortName}.${Stack.of(this).region}`);
    this.services.set(id, endpoint);
    return endpoint;
  }

  private endpoint(
    id: string,
    service: InterfaceVpcEndpointAwsService,
    group: ISecurityGroup,
    name: string,
  ): InterfaceVpcEndpoint {
    const endpoint = new InterfaceVpcEndpoint(this, id, {
      vpc: this.props.vpc,
      subnets: this.props.subnets ?? { subnetType: SubnetType.PRIVATE_ISOLATED },
      service,
      open: false,
      securityGroups: [group],
    });
    this.allowName(name);
    // An endpoint without a policy gives full access; with this it starts closed to everyone else for good.
    endpoint.addToPolicy(
      new PolicyStatement({
        sid: 'OurPrincipalsOnly',
        effect: Effect.DENY,
        principals: [new StarPrincipal()],
        actions: ['*'],
        resources: ['*'],
        conditions: { StringNotEquals: this.perimeter.principals(this) },
      }),
    );
    return endpoint;
  }

  private allowName(name: string): void {
    this.props.garden?.allow(`${name}.${Stack.of(this).urlSuffix}`);
  }

  private ofPrincipals(actions: string[], resources: string[]): PolicyStatement {
    return allow({ actions, resources, conditions: { StringEquals: this.perimeter.principals(this) } });
  }

  private ours(actions: string[], resource: string): PolicyStatement {
    const conditions = { StringEquals: { ...this.perimeter.principals(this), ...this.perimeter.resources(this) } };
    return allow({ actions, resources: [resource], conditions });
  }
}

function allow(props: Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>): PolicyStatement {
  return new PolicyStatement({ principals: [new StarPrincipal()], ...props });
}
