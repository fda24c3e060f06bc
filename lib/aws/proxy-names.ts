import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Compiled } from '../envoy';
import type { Policy } from '../policy';
import type { ProxyNetwork } from './proxy-network';
import type { ProxyTask } from './proxy-task';

/** Why this policy can't work where the proxy shares its network, and so the wall of names, with agents; empty: it can. */
export function wallProblems(policy: Policy, { garden }: ProxyNetwork, transparent: boolean): string[] {
  if (garden === undefined) return [];
  const problems = policy.upstreams
    .filter(({ host }) => host.startsWith('*.'))
    .map(
      ({ host }) =>
        `policy.upstreams(${host}).host: expected exact names where the proxy shares a network with agents, got "${host}": names below it ` +
        'would be a way out for data; name the hosts, or give the proxy an EgressNetwork [wildcard-shared]',
    );
  if (transparent) {
    problems.push(
      'transparent: expected false where the proxy shares a network with agents, got true: a zone holds for the whole network, and the ' +
        'proxy would dial itself; clients come by CONNECT or base URL, or give the proxy an EgressNetwork [transparent-shared]',
    );
  }
  return problems;
}

/** In a network that agents share, lets the names resolve that the proxy itself must know: its hosts', and where it fetches secrets and tokens. */
export function allowProxyNames(
  scope: Construct,
  reach: {
    readonly policy: Policy;
    readonly network: ProxyNetwork;
    readonly task: ProxyTask;
    readonly compiled: Compiled;
  },
): void {
  const { garden, internet } = reach.network;
  if (garden === undefined) return;
  for (const { host } of reach.policy.upstreams) garden.allow(host);
  const { region, urlSuffix } = Stack.of(scope);
  if (internet) garden.allow(`secretsmanager.${region}.${urlSuffix}`);
  if (internet && Object.keys(reach.task.secrets.parameters).length > 0) garden.allow(`ssm.${region}.${urlSuffix}`);
  if (reach.task.files.objectArn !== undefined) garden.allow(`s3.${region}.${urlSuffix}`);
  for (const { credential } of reach.compiled.manifest.credentials) {
    if (credential.kind === 'oauth2') garden.allow(new URL(credential.tokenUrl).hostname);
    if (credential.kind === 'githubApp') garden.allow('api.github.com');
  }
}
