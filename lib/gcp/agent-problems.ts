import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import type { IConstruct } from 'constructs';
import { AGENT_TAG, type AgentNetwork } from './agent-network';
import { block, blocks, type Rendered, renderedBelow, renderedStack, texts } from './rendered';

const WORKLOAD = /^google_cloud_run_v2_(?:job|service|worker_pool)$/;
const PINNED = /@sha256:[0-9a-f]{64}$|^\$\{/;
const PUBLIC = /\ball(?:Authenticated)?Users\b/;
/** Grants on what holds everything of a project. */
const WIDE = /^google_(?:project|folder|organization)_iam_/;
const LIMITS = ['cpu', 'memory'];

/**
 * What must still be true of an agent after every override, and of the whole stack's grants. Each answer is a sentence with
 * a stable code; none: the agent is as it was built.
 */
export function agentProblems(scope: IConstruct, account: ServiceAccount, network: AgentNetwork): string[] {
  const workloads = renderedBelow(scope).filter(({ type }) => WORKLOAD.test(type));
  return [
    ...workloads.flatMap((workload) => [...templateProblems(workload, network), ...doorstepProblems(workload)]),
    ...renderedStack(scope).flatMap((resource) => grantProblems(resource, account, workloads)),
  ];
}

function templateProblems({ config, path, type }: Rendered, network: AgentNetwork): string[] {
  const template = type.endsWith('_job') ? block(config, 'template', 'template') : block(config, 'template');
  return [
    ...accessProblems(block(template, 'vpc_access'), network),
    ...identityProblems(template),
    ...blocks(template, 'volumes').flatMap(volumeProblems),
    ...blocks(template, 'containers').flatMap(containerProblems),
  ].map((problem) => `${path}: ${problem}`);
}

function accessProblems(access: Readonly<Record<string, unknown>>, network: AgentNetwork): string[] {
  const [card, ...more] = blocks(access, 'network_interfaces');
  if (!card)
    return [
      'expected the agents’ network, got no VPC: everything would leave by Google’s own; set it back [agent-without-vpc]',
    ];
  const problems: string[] = [];
  if (access.egress !== 'ALL_TRAFFIC')
    problems.push(
      `expected egress "ALL_TRAFFIC", got ${JSON.stringify(access.egress ?? 'none')}: public destinations would pass no route and no rule; set it back [agent-egress-private-only]`,
    );
  if (access.connector !== undefined)
    problems.push('expected the network alone, got a connector beside it; remove it [agent-connector]');
  const address = `google_compute_subnetwork.${network.subnetwork.friendlyUniqueId}`;
  if (more.length > 0 || !String(card.subnetwork).includes(address))
    problems.push('expected one interface in the agents’ own subnet, got another; set it back [agent-other-subnet]');
  if (!texts(card.tags).includes(AGENT_TAG))
    problems.push(
      `expected the tag "${AGENT_TAG}", got none: the firewall lets nothing else reach the window; set it back [agent-untagged]`,
    );
  return problems;
}

export function identityProblems(template: Readonly<Record<string, unknown>>): string[] {
  if (typeof template.service_account === 'string' && template.service_account.includes('google_service_account.'))
    return [];
  return [
    'expected the workload’s own account, got another or none: the project’s default account may do almost everything; set it back [agent-default-account]',
  ];
}

function volumeProblems(volume: Readonly<Record<string, unknown>>): string[] {
  const kinds = Object.keys(volume).filter((key) => key !== 'name' && key !== 'empty_dir');
  return kinds.map((kind) => {
    const why =
      kind === 'secret' ? 'the proxy injects secrets, an agent holds none' : 'it is a way out that passes no proxy';
    return `expected memory volumes alone, got one of kind "${kind}": ${why}; remove it [agent-mount]`;
  });
}

function containerProblems(container: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  const secret = blocks(container, 'env').find((variable) => variable.value_source !== undefined);
  if (secret)
    problems.push(
      `expected plain settings, got a secret in ${JSON.stringify(secret.name)}: the proxy injects it, an agent holds none; name it in the policy [agent-has-secret]`,
    );
  if (!PINNED.test(String(container.image)))
    problems.push(
      'expected an image by its digest, got one that can be moved to other bytes; add its @sha256: digest [image-not-pinned]',
    );
  const odd = Object.keys(block(container, 'resources', 'limits')).filter((key) => !LIMITS.includes(key));
  if (odd.length > 0)
    problems.push(
      `expected limits of cpu and memory, got ${odd.join(', ')}: the platform refuses it half-way; leave them out [agent-limits]`,
    );
  return problems;
}

/** Who may come in. */
export function doorstepProblems({ config, path, type }: Rendered): string[] {
  if (!type.endsWith('_service')) return [];
  const problems: string[] = [];
  if (config.ingress !== 'INGRESS_TRAFFIC_INTERNAL_ONLY')
    problems.push(
      `${path}: expected callers of the network alone, got ingress ${JSON.stringify(config.ingress)}; set it back [agent-ingress-open]`,
    );
  if (config.invoker_iam_disabled !== false)
    problems.push(
      `${path}: expected invoker_iam_disabled false, got another: without the check anyone may call; set it back [invoker-public]`,
    );
  return problems;
}

/** A grant to the agent, or to everyone. */
function grantProblems(
  { config, path, type }: Rendered,
  account: ServiceAccount,
  workloads: readonly Rendered[],
): string[] {
  if (!/_iam_(?:member|binding|policy)$/.test(type)) return [];
  // A whole policy is a text of JSON with the members in it.
  const members = [...texts(config.members), ...texts([config.member]), ...texts([config.policy_data])];
  const own = `google_service_account.${account.friendlyUniqueId}.`;
  const problems: string[] = [];
  if (members.some((member) => member.includes(own)))
    problems.push(
      `${path}: expected no role for an agent, got ${JSON.stringify(config.role)}: its code would hold that right; remove it [agent-has-role]`,
    );
  const ofOurs =
    workloads.some(({ address }) => String(config.name).includes(`${address}.`)) ||
    WIDE.test(type) ||
    workloads.some(({ config: own }) => config.name === own.name && config.name !== undefined);
  if (ofOurs && members.some((member) => PUBLIC.test(member)))
    problems.push(`${path}: expected named callers, got everyone; remove it [invoker-public]`);
  return problems;
}
