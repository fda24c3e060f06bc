/*
 * CloudFormation's values as somebody would write them in Terraform's JSON. Written for tests, and apart from the translation
 * that it is held against: it goes the other way, and shares nothing with it.
 */

export type Node = unknown;
export type Fields = Readonly<Record<string, Node>>;
export interface Written {
  readonly Type: string;
  readonly Properties?: object;
  readonly Metadata?: object;
  readonly Condition?: string;
}

/** Terraform's type for one of CloudFormation's. */
export const TYPES: Readonly<Record<string, string>> = {
  'AWS::EC2::VPC': 'aws_vpc',
  'AWS::EC2::Subnet': 'aws_subnet',
  'AWS::EC2::RouteTable': 'aws_route_table',
  'AWS::EC2::Route': 'aws_route',
  'AWS::EC2::SubnetRouteTableAssociation': 'aws_route_table_association',
  'AWS::EC2::InternetGateway': 'aws_internet_gateway',
  'AWS::EC2::EgressOnlyInternetGateway': 'aws_egress_only_internet_gateway',
  'AWS::EC2::NatGateway': 'aws_nat_gateway',
  'AWS::EC2::EIP': 'aws_eip',
  'AWS::EC2::VPNGateway': 'aws_vpn_gateway',
  'AWS::EC2::VPCPeeringConnection': 'aws_vpc_peering_connection',
  'AWS::EC2::TransitGateway': 'aws_ec2_transit_gateway',
  'AWS::EC2::PrefixList': 'aws_ec2_managed_prefix_list',
  'AWS::EC2::SecurityGroup': 'aws_security_group',
  'AWS::EC2::NetworkAcl': 'aws_network_acl',
  'AWS::EC2::VPCEndpoint': 'aws_vpc_endpoint',
  'AWS::EC2::VPCEndpointService': 'aws_vpc_endpoint_service',
  'AWS::EC2::DHCPOptions': 'aws_vpc_dhcp_options',
  'AWS::EC2::FlowLog': 'aws_flow_log',
  'AWS::ECS::Cluster': 'aws_ecs_cluster',
  'AWS::ECS::TaskDefinition': 'aws_ecs_task_definition',
  'AWS::ECS::Service': 'aws_ecs_service',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'aws_lb',
  'AWS::ElasticLoadBalancingV2::Listener': 'aws_lb_listener',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'aws_lb_target_group',
  'AWS::IAM::Role': 'aws_iam_role',
  'AWS::Lambda::Function': 'aws_lambda_function',
  'AWS::Logs::LogGroup': 'aws_cloudwatch_log_group',
  'AWS::Route53::HostedZone': 'aws_route53_zone',
  'AWS::Route53Resolver::FirewallDomainList': 'aws_route53_resolver_firewall_domain_list',
  'AWS::Route53Resolver::FirewallRuleGroup': 'aws_route53_resolver_firewall_rule_group',
  'AWS::Route53Resolver::ResolverQueryLoggingConfig': 'aws_route53_resolver_query_log_config',
  'AWS::Route53Resolver::ResolverRule': 'aws_route53_resolver_rule',
  'AWS::SecretsManager::Secret': 'aws_secretsmanager_secret',
  'AWS::StepFunctions::StateMachine': 'aws_sfn_state_machine',
};

/** What `Ref` says of a type, where it isn't the id; and attributes. */
const REF: Readonly<Record<string, string>> = {
  'AWS::ECS::TaskDefinition': 'arn',
  'AWS::SecretsManager::Secret': 'arn',
  'AWS::IAM::Role': 'name',
  'AWS::Logs::LogGroup': 'name',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'arn',
  'AWS::ElasticLoadBalancingV2::Listener': 'arn',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'arn',
  'AWS::StepFunctions::StateMachine': 'arn',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  Arn: 'arn',
  DefaultSecurityGroup: 'default_security_group_id',
  CidrBlock: 'cidr_block',
  Name: 'name',
  DnsEntries: 'dns_entry[0].dns_name',
};
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': 'data.aws_caller_identity.current.account_id',
  'AWS::Region': 'data.aws_region.current.name',
  'AWS::Partition': 'data.aws_partition.current.partition',
  'AWS::URLSuffix': 'data.aws_partition.current.dns_suffix',
};

/** Writes values of one template. */
export class Values {
  constructor(private readonly resources: Readonly<Record<string, Written>>) {}

  /** Undefined for what is left out. */
  of(node: Node): Node {
    if (typeof node === 'string') return this.literal(node);
    if (Array.isArray(node)) return node.map((one) => this.of(one)).filter((one) => one !== undefined);
    if (typeof node !== 'object' || node === null) return node;
    const [only, second] = Object.entries(node as Fields);
    if (only && !second && /^(?:Ref|Fn::.*)$/.test(only[0])) return this.called(...only);
    const entries = Object.entries(node).map(([key, one]) => [key, this.of(one)] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
  }

  /** JSON as a text, with its references in it. */
  json(node: Node): string {
    const value = this.of(node);
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  /** How an id is named. */
  reference(id: string, attribute: string): string {
    const found = this.resources[id];
    const type = found && TYPES[found.Type];
    if (!found || type === undefined) return `\${local.${id}}`;
    return `\${${type}.${id}${found.Condition === undefined ? '' : '[0]'}.${attribute}}`;
  }

  private literal(text: string): string {
    if (text.includes('{{resolve:')) return '${data.aws_secretsmanager_secret_version.given.secret_string}';
    return text.replaceAll('${', '$${');
  }

  private called(name: string, argument: Node): Node {
    const parts = (Array.isArray(argument) ? argument : [argument]) as readonly Node[];
    switch (name) {
      case 'Ref':
        return this.ref(String(argument));
      case 'Fn::GetAtt':
        return this.reference(String(parts[0]), ATTRIBUTES[String(parts[1])] ?? 'id');
      case 'Fn::Join':
        return (parts[1] as readonly Node[]).map((one) => String(this.of(one))).join(String(parts[0]));
      case 'Fn::Sub':
        return String(parts[0]).replace(/\$\{([^}]*)\}/g, (_, id: string) => String(this.ref(id)));
      case 'Fn::If':
        return `\${var.Want == "yes" ? ${JSON.stringify(this.of(parts[1]) ?? null).replaceAll('${', '$${')} : null}`;
      case 'Fn::Select':
        return JSON.stringify(parts).includes('DnsEntries') ? this.windowName(parts) : '${local.chosen}';
      default:
        return '${local.elsewhere}';
    }
  }

  private windowName(parts: readonly Node[]): string {
    const id = /"Fn::GetAtt":\["([^"]+)"/.exec(JSON.stringify(parts))?.[1] ?? '';
    return this.reference(id, 'dns_name');
  }

  private ref(id: string): Node {
    if (id === 'AWS::NoValue') return undefined;
    const pseudo = PSEUDO[id];
    if (pseudo !== undefined) return `\${${pseudo}}`;
    const found = this.resources[id];
    return found ? this.reference(id, REF[found.Type] ?? 'id') : `\${var.${id}}`;
  }
}
