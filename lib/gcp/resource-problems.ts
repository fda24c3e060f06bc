import type { IConstruct } from 'constructs';
import { isCidr, rangeProblems } from './cidr';
import { firewallProblems } from './firewall-problems';
import { block, blocks, type Rendered, renderedBelow, texts } from './rendered';
import { filesOfUserData } from './user-data';

/** Shapes of keys that must not stand in what a machine's readers can read. */
const KEYS =
  /\bsk-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{16,}|\bgithub_pat_|\bAIza[A-Za-z0-9_-]{30,}|\bya29\.|-----BEGIN [A-Z ]*PRIVATE KEY/;

/**
 * What is wrong with the resources below `scope` after every override: mistakes that the real provider accepts at plan, and
 * that the platform refuses half-way through an apply, or worse, doesn't.
 */
export function resourceProblems(scope: IConstruct): string[] {
  return renderedBelow(scope).flatMap(problemsOf);
}

function problemsOf(resource: Rendered): string[] {
  switch (resource.type) {
    case 'google_compute_firewall':
      return firewallProblems(resource);
    case 'google_compute_subnetwork':
      return subnetworkProblems(resource);
    case 'google_compute_forwarding_rule':
      return listenerProblems(resource);
    case 'google_compute_service_attachment':
      return doorProblems(resource);
    case 'google_compute_region_instance_template':
      return machineProblems(resource);
    default:
      return [];
  }
}

/** Subnets of one network that share addresses: the real provider accepts them at plan. */
export function overlapProblems(subnets: readonly Rendered[]): string[] {
  const ranges = subnets.flatMap(({ config, path }) => {
    const cidr = config.ip_cidr_range;
    return typeof cidr === 'string' && !cidr.includes(':') && isCidr(cidr) ? [{ name: path, cidr, longest: 32 }] : [];
  });
  return rangeProblems(ranges);
}

function subnetworkProblems({ path, config }: Rendered): string[] {
  const problems: string[] = [];
  const range = config.ip_cidr_range;
  if (typeof range !== 'string' || (!range.includes('${') && !isCidr(range)))
    problems.push(
      `${path}: expected a range with no bits behind its prefix such as "10.10.0.0/24", got ${JSON.stringify(range)}; set it back [cidr-invalid]`,
    );
  const stack = config.stack_type;
  if (stack !== undefined && stack !== 'IPV4_ONLY')
    problems.push(`${path}: expected IPv4 alone, got stack_type ${JSON.stringify(stack)}; set it back [ipv6-on]`);
  return problems;
}

function listenerProblems({ path, config }: Rendered): string[] {
  const problems: string[] = [];
  if (config.backend_service !== undefined && config.target !== undefined)
    problems.push(`${path}: expected backend_service or target, got both; remove one [listener-two-targets]`);
  if (texts(config.ports).length > 0 && config.all_ports === true)
    problems.push(
      `${path}: expected the ports of the policy, got all_ports beside them; remove it [listener-all-ports]`,
    );
  if (config.load_balancing_scheme !== 'INTERNAL' && config.load_balancing_scheme !== '')
    problems.push(
      `${path}: expected an address inside the network, got load_balancing_scheme ${JSON.stringify(config.load_balancing_scheme)}; set it back [listener-external]`,
    );
  return problems;
}

function doorProblems({ path, config }: Rendered): string[] {
  const lists = blocks(config, 'consumer_accept_lists');
  const named = lists.length > 0 && lists.every((list) => typeof list.network_url === 'string');
  const problems: string[] = [];
  if (config.connection_preference !== 'ACCEPT_MANUAL')
    problems.push(
      `${path}: expected connection_preference "ACCEPT_MANUAL", got ${JSON.stringify(config.connection_preference)}: any project could reach the proxy; set it back [door-open]`,
    );
  if (!named)
    problems.push(
      `${path}: expected the agents' network in consumer_accept_lists, got no network or a whole project; name it by network_url [door-open]`,
    );
  if (config.reconcile_connections !== true)
    problems.push(
      `${path}: expected reconcile_connections true, got another: those taken off the list would stay connected; set it back [door-keeps-old]`,
    );
  return problems;
}

function machineProblems({ path, config }: Rendered): string[] {
  const problems: string[] = [];
  for (const card of blocks(config, 'network_interface')) {
    if (blocks(card, 'access_config').length > 0 || blocks(card, 'ipv6_access_config').length > 0)
      problems.push(
        `${path}: expected no public address, got an access_config, even an empty one; remove it [machine-public]`,
      );
  }
  if (KEYS.test(readable(block(config, 'metadata'))))
    problems.push(
      `${path}: expected metadata without a secret, got something shaped like a key (not shown): everyone who may read instances or the state could read it; put it into Secret Manager [secret-in-metadata]`,
    );
  return problems;
}

/** Metadata as whoever reads it sees it: what is packed is unpacked. */
function readable(metadata: Readonly<Record<string, unknown>>): string {
  const { 'user-data': userData, ...rest } = metadata;
  const files = typeof userData === 'string' ? Object.values(filesOfUserData(userData)) : [];
  // Also what stands beside the files, a comment for one; what is packed would only look like a key by chance.
  const beside = String(userData ?? '').replace(/[A-Za-z0-9+/=]{200,}/g, '');
  return [JSON.stringify(rest), beside, ...files].join('\n');
}
