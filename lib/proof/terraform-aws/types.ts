import { ACLS } from './acls';
import { BALANCERS } from './balancers';
import { CONTAINERS } from './containers';
import { ENDPOINTS } from './endpoints';
import { FILE_SYSTEMS } from './file-systems';
import { FRONT_DOORS } from './front-doors';
import { RENAMED } from './generic';
import { IDENTITIES } from './identities';
import { LAUNCHERS } from './launchers';
import { NETWORK } from './network';
import { RESOLVING } from './resolver';
import { ROUTES } from './routes';
import { SECRETS } from './secrets';
import { SECURITY_GROUPS } from './security-groups';
import type { Translators } from './source';

/** How each type of Terraform’s that the model reads is translated. */
export const TRANSLATORS: ReadonlyMap<string, Translators[string]> = new Map(
  Object.entries<Translators[string]>({
    ...NETWORK,
    ...ROUTES,
    ...SECURITY_GROUPS,
    ...ACLS,
    ...ENDPOINTS,
    ...RESOLVING,
    ...BALANCERS,
    ...CONTAINERS,
    ...IDENTITIES,
    ...SECRETS,
    ...LAUNCHERS,
    ...FILE_SYSTEMS,
    ...FRONT_DOORS,
  }),
);

/** Types that are read with what they belong to. */
const PARTS: ReadonlySet<string> = new Set([
  'aws_autoscaling_attachment',
  'aws_autoscaling_traffic_source_attachment',
  'aws_alb_target_group_attachment',
  'aws_efs_file_system_policy',
  'aws_efs_replication_configuration',
  'aws_lb_target_group_attachment',
  'aws_main_route_table_association',
  'aws_route53_resolver_firewall_rule',
  'aws_route53_zone_association',
  'aws_vpc_endpoint_policy',
  'aws_vpc_endpoint_route_table_association',
  'aws_vpc_endpoint_security_group_association',
  'aws_vpc_endpoint_subnet_association',
]);

/** Types that neither carry an agent's packets nor grant it anything. */
const INERT: ReadonlySet<string> = new Set([
  ...['aws_appautoscaling_target', 'aws_appautoscaling_policy', 'aws_appautoscaling_scheduled_action'],
  ...['aws_budgets_budget', 'aws_cloudtrail', 'aws_cloudwatch_dashboard'],
  ...['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'],
  ...['aws_cloudwatch_log_metric_filter', 'aws_cloudwatch_log_stream', 'aws_cloudwatch_log_subscription_filter'],
  'aws_cloudwatch_query_definition',
  ...['aws_ecr_lifecycle_policy', 'aws_ecr_repository', 'aws_ecr_repository_policy'],
  // A list is judged where a rule or route names it.
  ...['aws_ec2_managed_prefix_list', 'aws_ec2_managed_prefix_list_entry'],
  ...['aws_ecs_cluster_capacity_providers', 'aws_efs_backup_policy', 'aws_eip_association', 'aws_flow_log'],
  ...[
    'aws_iam_role_policies_exclusive',
    'aws_iam_role_policy_attachments_exclusive',
    'aws_iam_account_password_policy',
  ],
  ...['aws_kms_alias', 'aws_kms_key', 'aws_kms_key_policy'],
  ...['aws_lb_listener_certificate', 'aws_alb_listener_certificate'],
  ...['aws_route53_resolver_query_log_config', 'aws_route53_resolver_query_log_config_association'],
  ...['aws_route53_vpc_association_authorization', 'aws_secretsmanager_secret_version'],
  ...['aws_sns_topic', 'aws_sns_topic_policy', 'aws_sqs_queue', 'aws_sqs_queue_policy'],
  ...[
    'aws_s3_bucket',
    ...[
      ...['acl', 'lifecycle_configuration', 'logging', 'object_lock_configuration', 'ownership_controls', 'policy'],
      ...['public_access_block', 'server_side_encryption_configuration', 'versioning'],
    ].map((part) => `aws_s3_bucket_${part}`),
  ],
  ...[
    'aws_networkfirewall_firewall_policy',
    'aws_networkfirewall_rule_group',
    'aws_networkfirewall_logging_configuration',
  ],
  ...['http_namespace', 'instance', 'private_dns_namespace', 'public_dns_namespace', 'service'].map(
    (part) => `aws_service_discovery_${part}`,
  ),
  ...['mesh', 'route', 'virtual_node', 'virtual_router', 'virtual_service'].map((part) => `aws_appmesh_${part}`),
  ...['aws_vpc_endpoint_connection_accepter', 'aws_vpc_endpoint_connection_notification'],
  'aws_vpc_endpoint_private_dns',
  ...['aws_vpc_peering_connection_accepter', 'aws_vpc_peering_connection_options'],
  ...['aws_vpc_security_group_rules_exclusive', 'aws_vpc_block_public_access_options'],
]);

/** A type of these services that nobody has judged may open anything without naming it. */
const NEAR =
  /^aws_(?:vpc|subnet|default_|route|network|internet|nat_|egress|vpn|ec2_|dx_|customer_gateway|security_group|ecs_|iam_|lb|alb|elb|ram_|cloudformation|cloudcontrol|secretsmanager_secret|sfn_|route53_(?:record|zone|resolver)|route53profiles|service_discovery)/;

/** Providers that make nothing but values and files of the machine that deploys. */
const VALUES = /^(?:null|random|time|tls|local|archive|terraform|external|http)_/;

/** Whether a type of a Terraform document is judged with AWS at all: Google Cloud’s resources are judged as such. */
export function concernsAws(type: string): boolean {
  return !type.startsWith('google_') && !VALUES.test(type);
}

/** Whether a type is read, of its own or with another. */
export function isTranslated(type: string): boolean {
  return TRANSLATORS.has(type) || RENAMED.has(type) || PARTS.has(type);
}

/** Whether a type is read with what it belongs to, and not of its own. */
export function isPart(type: string): boolean {
  return PARTS.has(type);
}

/** Whether a type is known not to matter. */
export function isTerraformInert(type: string): boolean {
  return INERT.has(type);
}

/** Whether a type that isn’t known may open something without naming it: one near the network, or of a provider nobody has read. */
export function isNear(type: string): boolean {
  if (RENAMED.has(type)) return false;
  return NEAR.test(type) || !type.startsWith('aws_');
}
