import { at, list, type One, same, type Writer } from './write-resources';
import type { Fields, Node, Values } from './write-value';

/** How everything is written that runs in a network, names it, or is granted something. */
export const WORKLOAD_WRITERS: Readonly<Record<string, Writer>> = {
  'AWS::ECS::Cluster': same('aws_ecs_cluster'),
  'AWS::ECS::TaskDefinition': (id, { ContainerDefinitions, Volumes, ...rest }, values) => [
    [
      'aws_ecs_task_definition',
      id,
      {
        family: `family-${id}`,
        ...same('')(id, rest, values)[0]?.[2],
        container_definitions: values.json(decapitalized(ContainerDefinitions ?? [])),
        ...(Volumes !== undefined && {
          volume: list(Volumes).map((one) => ({
            name: one.Name,
            ...fileSystem(at(one, 'EFSVolumeConfiguration'), values),
          })),
        }),
      },
    ],
  ],
  'AWS::ECS::Service': (
    id,
    { NetworkConfiguration, LoadBalancers, CapacityProviderStrategy, ServiceConnectConfiguration, ...rest },
    values,
  ) => [
    [
      'aws_ecs_service',
      id,
      {
        ...only(same('')(id, rest, values)[0]?.[2], [
          'task_definition',
          'launch_type',
          'cluster',
          'enable_execute_command',
        ]),
        network_configuration: network(at(NetworkConfiguration, 'AwsvpcConfiguration'), values),
        ...(ServiceConnectConfiguration !== undefined && {
          service_connect_configuration: [{ enabled: at(ServiceConnectConfiguration, 'Enabled') }],
        }),
        load_balancer: list(LoadBalancers).map((one) => ({ target_group_arn: values.of(one.TargetGroupArn) })),
        ...(CapacityProviderStrategy !== undefined && {
          capacity_provider_strategy: list(CapacityProviderStrategy).map((one) => ({
            capacity_provider: values.of(one.CapacityProvider),
          })),
        }),
      },
    ],
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': (id, { Scheme, Type, Subnets, SecurityGroups }, values) => [
    [
      'aws_lb',
      id,
      {
        internal: Scheme === undefined || typeof Scheme === 'string' ? Scheme === 'internal' : values.of(Scheme),
        load_balancer_type: values.of(Type),
        subnets: values.of(Subnets),
        security_groups: values.of(SecurityGroups),
      },
    ],
  ],
  'AWS::ElasticLoadBalancingV2::Listener': (id, { LoadBalancerArn, DefaultActions }, values) => [
    [
      'aws_lb_listener',
      id,
      {
        load_balancer_arn: values.of(LoadBalancerArn),
        default_action: list(DefaultActions).map((one) => action(one, values)),
      },
    ],
  ],
  'AWS::ElasticLoadBalancingV2::ListenerRule': (id, { ListenerArn, Actions }, values) => [
    [
      'aws_lb_listener_rule',
      id,
      { listener_arn: values.of(ListenerArn), action: list(Actions).map((one) => action(one, values)) },
    ],
  ],
  'AWS::ElasticLoadBalancingV2::TargetGroup': (id, { Targets }, values) => [
    ['aws_lb_target_group', id, { target_type: 'ip' }],
    ...list(Targets).map((one, index): One => [
      'aws_lb_target_group_attachment',
      `${id}${index}`,
      { target_group_arn: `\${aws_lb_target_group.${id}.arn}`, target_id: values.of(one.Id) },
    ]),
  ],
  'AWS::IAM::Role': (id, { AssumeRolePolicyDocument, Policies, ManagedPolicyArns, RoleName }, values) => [
    [
      'aws_iam_role',
      id,
      {
        name: values.of(RoleName),
        assume_role_policy: values.json(AssumeRolePolicyDocument),
        inline_policy: list(Policies).map((one) => ({ name: 'one', policy: values.json(one.PolicyDocument) })),
      },
    ],
    ...list(ManagedPolicyArns).map((arn, index): One => [
      'aws_iam_role_policy_attachment',
      `${id}${index}`,
      { role: `\${aws_iam_role.${id}.name}`, policy_arn: values.of(arn) },
    ]),
  ],
  'AWS::IAM::Policy': (id, { PolicyDocument, Roles }, values) => [
    ['aws_iam_policy', id, { name: id, policy: values.json(PolicyDocument) }],
    ...list(Roles).map((role, index): One => [
      'aws_iam_role_policy_attachment',
      `${id}${index}`,
      { role: values.of(role), policy_arn: `\${aws_iam_policy.${id}.arn}` },
    ]),
  ],
  'AWS::Lambda::Function': (id, { Role }, values) => [['aws_lambda_function', id, { role: values.of(Role) }]],
  'AWS::Logs::LogGroup': (id, { LogGroupName }, values) => [
    ['aws_cloudwatch_log_group', id, { name: values.of(LogGroupName) }],
  ],
  'AWS::EC2::FlowLog': (id) => [['aws_flow_log', id, {}]],
  'AWS::SecretsManager::Secret': (id) => [['aws_secretsmanager_secret', id, {}]],
  'AWS::SecretsManager::ResourcePolicy': (id, { SecretId, ResourcePolicy }, values) => [
    ['aws_secretsmanager_secret_policy', id, { secret_arn: values.of(SecretId), policy: values.json(ResourcePolicy) }],
  ],
  'AWS::StepFunctions::StateMachine': (id, { DefinitionString, RoleArn }, values) => [
    ['aws_sfn_state_machine', id, { definition: values.of(DefinitionString), role_arn: values.of(RoleArn) }],
  ],
  'AWS::Events::Rule': (id, { Targets }, values) => [
    ['aws_cloudwatch_event_rule', id, {}],
    ...list(Targets).map((one, index): One => [
      'aws_cloudwatch_event_target',
      `${id}${index}`,
      target(one, 'ecs_target', values),
    ]),
  ],
  'AWS::Scheduler::Schedule': (id, { Target }, values) => [
    ['aws_scheduler_schedule', id, { target: [target(Target as Fields, 'ecs_parameters', values)] }],
  ],
  'AWS::Route53::HostedZone': (id, { Name, VPCs }, values) => [
    ['aws_route53_zone', id, { name: Name, vpc: list(VPCs).map((one) => ({ vpc_id: values.of(one.VPCId) })) }],
  ],
  'AWS::Route53::RecordSet': (id, { HostedZoneId, Name, Type }, values) => [
    ['aws_route53_record', id, { zone_id: values.of(HostedZoneId), name: values.of(Name), type: values.of(Type) }],
  ],
  'AWS::Route53Profiles::ProfileAssociation': same('aws_route53profiles_association'),
  'AWS::Route53::RecordSetGroup': (id, { HostedZoneId, RecordSets }, values) =>
    list(RecordSets).map((one, index): One => [
      'aws_route53_record',
      `${id}${index}`,
      { zone_id: values.of(HostedZoneId), name: values.of(one.Name), type: values.of(one.Type) },
    ]),
  'AWS::Route53Resolver::FirewallDomainList': same('aws_route53_resolver_firewall_domain_list'),
  'AWS::Route53Resolver::FirewallRuleGroup': (id, { FirewallRules }, values) => [
    ['aws_route53_resolver_firewall_rule_group', id, { name: id }],
    ...list(FirewallRules).map((one, index) => firewallRule(id, index, one, values)),
  ],
  'AWS::Route53Resolver::FirewallRuleGroupAssociation': same('aws_route53_resolver_firewall_rule_group_association'),
  'AWS::Route53Resolver::FirewallConfig': same('aws_route53_resolver_firewall_config'),
  'AWS::Route53Resolver::ResolverQueryLoggingConfig': same('aws_route53_resolver_query_log_config'),
  'AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation': same(
    'aws_route53_resolver_query_log_config_association',
  ),
  'AWS::Route53Resolver::ResolverRule': same('aws_route53_resolver_rule'),
  'AWS::Route53Resolver::ResolverRuleAssociation': (id, { VPCId, ResolverRuleId }, values) => [
    [
      'aws_route53_resolver_rule_association',
      id,
      { vpc_id: values.of(VPCId), resolver_rule_id: values.of(ResolverRuleId) },
    ],
  ],
};

function only(body: Fields | undefined, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([key]) => keys.includes(key)));
}

function action(one: Fields, values: Values): Fields {
  const groups = list(at(one.ForwardConfig, 'TargetGroups'));
  return {
    type: values.of(one.Type),
    target_group_arn: values.of(one.TargetGroupArn),
    ...(groups.length > 0 && {
      forward: [{ target_group: groups.map((group) => ({ arn: values.of(group.TargetGroupArn) })) }],
    }),
  };
}

function network(written: Node, values: Values): Node {
  if (written === undefined) return undefined;
  const address = at(written, 'AssignPublicIp');
  const known = address === undefined || typeof address === 'string';
  return [
    {
      subnets: values.of(at(written, 'Subnets')),
      security_groups: values.of(at(written, 'SecurityGroups')),
      assign_public_ip: known ? address === 'ENABLED' : values.of(address),
    },
  ];
}

function target({ Arn, RoleArn, Input, EcsParameters: ecs }: Fields, name: string, values: Values): Fields {
  const written = at(ecs, 'NetworkConfiguration');
  return {
    arn: values.of(Arn),
    role_arn: values.of(RoleArn),
    input: values.of(Input),
    [name]: [
      {
        task_definition_arn: values.of(at(ecs, 'TaskDefinitionArn')),
        launch_type: values.of(at(ecs, 'LaunchType')),
        network_configuration: network(
          at(written, 'AwsVpcConfiguration') ?? at(written, 'AwsvpcConfiguration'),
          values,
        ),
      },
    ],
  };
}

/** A rule that may be left out is one that there are some of. */
function firewallRule(group: string, index: number, rule: Fields, values: Values): One {
  const [, chosen] = (rule['Fn::If'] as readonly [string, Fields] | undefined) ?? [];
  const { Qtype, ...rest } = chosen ?? rule;
  const body = {
    ...same('')(group, rest, values)[0]?.[2],
    ...(Qtype !== undefined && { q_type: values.of(Qtype) }),
    firewall_rule_group_id: values.reference(group, 'id'),
    // What a template chooses as a whole says nothing of itself.
    ...(chosen && { count: '${var.Want == "yes" ? 1 : 0}', action: '${local.chosen}' }),
  };
  return ['aws_route53_resolver_firewall_rule', `${group}${index}`, body];
}

function fileSystem(written: Node, values: Values): Fields {
  if (written === undefined) return {};
  return { efs_volume_configuration: [{ file_system_id: values.of(at(written, 'FilesystemId')) }] };
}

/** Names as the API writes them, but for words of somebody's own. */
function decapitalized(node: Node): Node {
  if (Array.isArray(node)) return node.map(decapitalized);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, one]) => {
      const isFunction = /^(?:Ref|Fn::.*)$/.test(key);
      const name = isFunction ? key : key.slice(0, 1).toLowerCase() + key.slice(1);
      return [name, isFunction || key === 'Options' ? one : decapitalized(one)];
    }),
  );
}
