import type { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import type { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import type { Construct } from 'constructs';
import { denyProblems } from './deny-problems';
import { block, blocks, ofType, type Rendered, renderedBelow, renderedStack, texts } from './rendered';
import { overlapProblems, resourceProblems } from './resource-problems';
import { routerProblems } from './router-problems';

/** The part of a network that these checks read. */
export interface CheckedNetwork extends Construct {
  readonly network: ComputeNetwork;
  readonly subnetwork: ComputeSubnetwork;
  readonly windowSubnetwork: ComputeSubnetwork;
}

/**
 * What opens the agents' network, by whichever resource of the stack: whatever Terraform and the provider accept without a
 * word. `agentTag` is what agents carry.
 */
export function agentNetworkProblems(scope: CheckedNetwork, agentTag: string): string[] {
  const self = `google_compute_network.${scope.network.friendlyUniqueId}`;
  const [own] = renderedBelow(scope.network);
  const stack = renderedStack(scope);
  const others = stack.filter((resource) => names(resource, self));
  const subnets = [scope.subnetwork, scope.windowSubnetwork].map(
    ({ friendlyUniqueId }) => `google_compute_subnetwork.${friendlyUniqueId}`,
  );
  return [
    ...resourceProblems(scope),
    ...(own ? ownProblems(own) : []),
    ...renderedBelow(scope.subnetwork).flatMap(subnetworkProblems),
    ...others.flatMap((resource) => memberProblems(resource, agentTag)),
    ...ofType(others, 'compute_router').flatMap((router) => routerProblems(router, stack, subnets)),
    ...denyProblems(scope.node.path, ofType(others, 'compute_firewall')),
    ...overlapProblems(ofType(others, 'compute_subnetwork')),
    ...gardenProblems(scope, others),
  ];
}

/** Whether a resource's settings refer to another: by id, name or self link. */
function names({ config }: Rendered, address: string): boolean {
  return JSON.stringify(config).includes(`\${${address}.`);
}

function ownProblems({ path, config }: Rendered): string[] {
  const problems: string[] = [];
  if (config.delete_default_routes_on_create !== true)
    problems.push(`${path}: expected no default route, got the platform's own kept; set it back [default-route]`);
  if (config.network_firewall_policy_enforcement_order !== 'AFTER_CLASSIC_FIREWALL')
    problems.push(
      `${path}: expected AFTER_CLASSIC_FIREWALL, got another order: a policy attached to the network would come before the deny rules; set it back [policy-first]`,
    );
  if (config.auto_create_subnetworks !== false)
    problems.push(
      `${path}: expected the subnets named here alone, got auto_create_subnetworks; set it back [subnets-unnamed]`,
    );
  return problems;
}

function subnetworkProblems({ path, config }: Rendered): string[] {
  if (config.private_ip_google_access === false) return [];
  return [
    `${path}: expected no private access to Google's APIs, got it: everybody's buckets are reached by it; set it back [agent-google-access]`,
  ];
}

function memberProblems(resource: Rendered, agentTag: string): string[] {
  const { config, path, type } = resource;
  switch (type) {
    case 'google_compute_route':
      if (texts(config.tags).length > 0 && !texts(config.tags).includes(agentTag)) return [];
      return [`${path}: expected no route in the agents' network, got one; remove it [agent-route]`];
    case 'google_compute_network_peering':
    case 'google_vpc_access_connector':
    case 'google_compute_vpn_gateway':
    case 'google_compute_ha_vpn_gateway':
    case 'google_compute_global_forwarding_rule':
      return [`${path}: expected no way out of the agents' network, got a ${type}; remove it [agent-way-out]`];
    case 'google_compute_firewall':
      return ruleProblems(resource, agentTag);
    case 'google_dns_policy':
      if (blocks(config, 'alternative_name_server_config').length === 0) return [];
      return [
        `${path}: expected the platform's name server, got others: with them it asks no response policy, and every name resolves; remove them [dns-other-servers]`,
      ];
    default:
      return [];
  }
}

/** A rule that lets more than the window pass. */
function ruleProblems({ config, path }: Rendered, agentTag: string): string[] {
  if (blocks(config, 'allow').length === 0 || config.direction !== 'EGRESS') return [];
  const tags = texts(config.target_tags);
  if (texts(config.target_service_accounts).length > 0 || (tags.length > 0 && !tags.includes(agentTag))) return [];
  const wide = texts(config.destination_ranges).filter((range) => !/\/(?:32|128)$/.test(range));
  const open = blocks(config, 'allow').some((allow) => allow.protocol !== 'tcp' || texts(allow.ports).length === 0);
  if (wide.length === 0 && !open) return [];
  return [
    `${path}: expected agents to reach the window alone, got a rule that allows ${wide.join(', ') || 'more than its ports'}; remove it [agent-egress-open]`,
  ];
}

/** One response policy answers every name that nothing else does. */
function gardenProblems(scope: CheckedNetwork, others: readonly Rendered[]): string[] {
  const policies = others.filter(({ type }) => type === 'google_dns_response_policy');
  const rules = renderedBelow(scope).filter(({ type }) => type === 'google_dns_response_policy_rule');
  const sink = rules.find(({ config }) => config.dns_name === '*.');
  const kinds = blocks(block(sink?.config ?? {}, 'local_data'), 'local_datas').map(({ type }) => type);
  if (policies.length === 1 && kinds.includes('A') && kinds.includes('AAAA')) return [];
  return [
    `${scope.node.path}: expected one response policy for the network that answers "*." with nothing, got another; set it back [dns-open]`,
  ];
}
