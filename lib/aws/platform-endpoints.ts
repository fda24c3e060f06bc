import { Stack } from 'aws-cdk-lib';
import {
  GatewayVpcEndpointAwsService,
  type IGatewayVpcEndpoint,
  type IInterfaceVpcEndpoint,
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
import { checkEndpoints, type ExistingEndpoints, takesPolicy } from './existing-endpoints';
import { Perimeter } from './perimeter';
import { givenPrefixList, s3PrefixList } from './s3-prefix-list';

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
  /** Endpoints that stand there already. @default - each is made */
  readonly existing?: ExistingEndpoints;
}

/**
 * The endpoints Fargate itself needs to start a task: its image, its layers, its log. They go through the agent's own
 * network interface, so the agent reaches them too: their policies are part of the firewall, and pin our account against
 * an agent that brings someone else's key. Endpoints of further services have groups of their own, which agents aren't let into.
 */
export class PlatformEndpoints extends Construct {
  /** Holds the endpoints that every task needs. */
  readonly securityGroup: ISecurityGroup;
  private readonly registryApi: IInterfaceVpcEndpoint;
  private readonly registry: IInterfaceVpcEndpoint;
  private readonly logs: IInterfaceVpcEndpoint;
  private readonly buckets: IGatewayVpcEndpoint;
  /** The managed prefix list of S3, which tasks' groups lead to. */
  readonly s3PrefixListId: string;
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
    const { existing = {} } = props;
    checkEndpoints(this, props.vpc, existing);
    const names = [`api.ecr.${region}`, `${account}.dkr.ecr.${region}`, `logs.${region}`] as const;
    this.registryApi = this.found(existing.registryApi, names[0]) ?? this.made('RegistryApi', ECR, names[0]);
    this.registry = this.found(existing.registry, names[1]) ?? this.made('Registry', ECR_DOCKER, names[1]);
    this.logs = this.found(existing.logs, names[2]) ?? this.made('Logs', CLOUDWATCH_LOGS, names[2]);
    this.s3PrefixListId =
      props.s3PrefixListId === undefined ? s3PrefixList(this) : givenPrefixList(props.s3PrefixListId);
    const bucket = `prod-${region}-starport-layer-bucket`;
    const { S3 } = GatewayVpcEndpointAwsService;
    this.buckets = existing.buckets ?? props.vpc.addGatewayEndpoint(`${id}Layers`, { service: S3 });
    this.allowName(`${bucket}.s3.${region}`);
    // No principal condition: the registry's own account signs layer reads. The one bucket and the one action are the wall.
    add(this.buckets, allow({ actions: ['s3:GetObject'], resources: [`arn:${partition}:s3:::${bucket}/*`] }));
    add(this.registryApi, this.ofPrincipals(['ecr:GetAuthorizationToken'], ['*']));
  }

  /** Lets tasks pull this repository's images; no other repository, and nothing is ever pushed. */
  allowPull(repository: IRepository): void {
    for (const endpoint of [this.registryApi, this.registry]) add(endpoint, this.ours(PULL, repository.repositoryArn));
  }

  /** Lets tasks write to this log group. */
  allowLog(group: ILogGroup): void {
    add(this.logs, this.ours(['logs:CreateLogStream', 'logs:PutLogEvents'], group.logGroupArn));
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
    add(this.buckets, this.ofPrincipals(['s3:GetObject'], [arn]));
  }

  /** Opens a task's group to the endpoints that every task needs, HTTPS only. */
  allowFrom(group: ISecurityGroup): void {
    group.connections.allowTo(this.securityGroup, Port.HTTPS, 'services of AWS');
    for (const endpoint of [this.registryApi, this.registry, this.logs]) {
      const ours = endpoint.connections.securityGroups.includes(this.securityGroup);
      if (!ours) group.connections.allowTo(endpoint, Port.HTTPS, 'services of AWS, by an endpoint made elsewhere');
    }
    group.addEgressRule(Peer.prefixList(this.s3PrefixListId), Port.HTTPS, 'image layers');
  }

  private made(id: string, service: InterfaceVpcEndpointAwsService, name: string): InterfaceVpcEndpoint {
    return this.endpoint(id, service, this.securityGroup, name);
  }

  /** One that stands there already, its name allowed and, where this app writes its policy, closed to everyone else's keys. */
  private found(endpoint: IInterfaceVpcEndpoint | undefined, name: string): IInterfaceVpcEndpoint | undefined {
    if (!endpoint) return undefined;
    this.allowName(name);
    add(endpoint, this.oursOnly());
    return endpoint;
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
    endpoint.addToPolicy(this.oursOnly());
    return endpoint;
  }

  /** An endpoint without a policy gives full access; with this it starts closed to everyone else for good. */
  private oursOnly(): PolicyStatement {
    return new PolicyStatement({
      sid: 'OurPrincipalsOnly',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['*'],
      resources: ['*'],
      conditions: { StringNotEquals: this.perimeter.principals(this) },
    });
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

/** Nobody but its owner writes the policy of an endpoint made elsewhere: a warning says what it must be. */
function add(endpoint: IInterfaceVpcEndpoint | IGatewayVpcEndpoint, statement: PolicyStatement): void {
  if (takesPolicy(endpoint)) endpoint.addToPolicy(statement);
}

function allow(props: Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>): PolicyStatement {
  return new PolicyStatement({ principals: [new StarPrincipal()], ...props });
}
