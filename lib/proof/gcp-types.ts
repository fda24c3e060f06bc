import type { Report } from './report';
import type { Terraform } from './terraform';
import { isTerraformInert, isTranslated } from './terraform-aws/types';

const compute = (...names: readonly string[]) => names.map((name) => `google_compute_${name}`);

/** Types a reader of the model reads. Grants, `…_iam_member`, `…_iam_binding` and `…_iam_policy`, are all read. */
const MODELLED: ReadonlySet<string> = new Set([
  'google_cloud_run_service',
  'google_cloud_run_v2_job',
  'google_cloud_run_v2_service',
  'google_cloud_run_v2_worker_pool',
  ...compute(
    'address',
    'global_address',
    'backend_service',
    'region_backend_service',
    'firewall',
    'forwarding_rule',
    'global_forwarding_rule',
  ),
  ...compute('firewall_policy', 'firewall_policy_association', 'firewall_policy_rule', 'firewall_policy_with_rules'),
  ...['', 'region_'].flatMap((scope) =>
    ['', '_association', '_rule', '_with_rules'].map((part) => `google_compute_${scope}network_firewall_policy${part}`),
  ),
  ...compute(
    'ha_vpn_gateway',
    'vpn_gateway',
    'vpn_tunnel',
    'external_vpn_gateway',
    'interconnect_attachment',
    'router_interface',
    'router_peer',
  ),
  ...compute(
    'instance',
    'instance_template',
    'region_instance_template',
    'instance_group',
    'instance_group_manager',
    'region_instance_group_manager',
  ),
  ...compute(
    'network',
    'network_peering',
    'subnetwork',
    'route',
    'router',
    'router_nat',
    'service_attachment',
    'region_network_endpoint_group',
  ),
  'google_dns_managed_zone',
  'google_dns_policy',
  'google_dns_record_set',
  'google_dns_response_policy',
  'google_dns_response_policy_rule',
  'google_logging_project_exclusion',
  'google_logging_folder_exclusion',
  'google_logging_organization_exclusion',
  'google_network_connectivity_spoke',
  'google_organization_iam_custom_role',
  'google_project_iam_custom_role',
  'google_secret_manager_regional_secret',
  'google_secret_manager_secret',
  'google_service_account',
  'google_service_account_key',
  'google_service_networking_connection',
]);

/** Types that neither carry an agent's packets nor grant it anything. */
const INERT: ReadonlySet<string> = new Set([
  'google_artifact_registry_repository',
  'google_billing_budget',
  'google_bigquery_table',
  'google_binary_authorization_attestor',
  'google_binary_authorization_policy',
  'google_cloud_scheduler_job',
  ...compute(
    'autoscaler',
    'region_autoscaler',
    'disk',
    'region_disk',
    'image',
    'snapshot',
    'resource_policy',
    'ssl_policy',
    'security_policy',
  ),
  ...compute(
    'health_check',
    'region_health_check',
    'http_health_check',
    'https_health_check',
    'managed_ssl_certificate',
    'ssl_certificate',
  ),
  'google_folder_iam_audit_config',
  'google_iam_deny_policy',
  'google_iam_folders_policy_binding',
  'google_iam_organizations_policy_binding',
  'google_iam_principal_access_boundary_policy',
  'google_iam_projects_policy_binding',
  'google_kms_crypto_key',
  'google_kms_key_ring',
  'google_logging_folder_sink',
  'google_logging_log_view',
  'google_logging_metric',
  'google_logging_organization_sink',
  'google_logging_project_bucket_config',
  'google_logging_project_sink',
  'google_monitoring_alert_policy',
  'google_monitoring_dashboard',
  'google_monitoring_notification_channel',
  'google_monitoring_uptime_check_config',
  'google_network_connectivity_hub',
  'google_org_policy_policy',
  'google_organization_iam_audit_config',
  'google_organization_policy',
  'google_project',
  'google_project_iam_audit_config',
  'google_project_organization_policy',
  'google_project_service',
  'google_pubsub_topic',
  'google_secret_manager_regional_secret_version',
  'google_secret_manager_secret_version',
  'google_storage_bucket',
  'google_storage_bucket_object',
]);

/** Providers that make nothing but values and files of the machine that deploys. */
export const OTHER_PROVIDERS = /^(?:null|random|time|tls|local|archive|terraform)_/;
const GRANT = /^google_.+_iam_(?:member|binding|policy)$/;

export function isGcpModelled(type: string): boolean {
  return MODELLED.has(type) || GRANT.test(type);
}

export function isGcpInert(type: string): boolean {
  return INERT.has(type) || OTHER_PROVIDERS.test(type);
}

/** Whether a type is another cloud's, and read there. */
export function isAws(type: string): boolean {
  return isTranslated(type) || isTerraformInert(type);
}

/** The types a report lists: those that don't matter, and those nobody has judged. */
export function sortGcpTypes({ resources }: Terraform): Report['types'] {
  const inert = new Map<string, number>();
  const unknown = new Map<string, string[]>();
  for (const { id, type } of resources) {
    if (type.startsWith('aws_')) continue;
    if (isGcpInert(type)) inert.set(type, (inert.get(type) ?? 0) + 1);
    else if (!isGcpModelled(type)) unknown.set(type, [...(unknown.get(type) ?? []), id]);
  }
  return { inert: Object.fromEntries(inert), unknown: Object.fromEntries(unknown) };
}
