import { Stack, Token } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { Policy, Upstream } from '../policy';
import type { ClosedSecurityGroup } from './closed-security-group';
import type { EnvoyImage } from './envoy-image';
import type { PinnedImage } from './pinned-image';
import type { PlatformEndpoints } from './platform-endpoints';
import type { ProxyNetwork } from './proxy-network';
import type { ProxyTask } from './proxy-task';
import { signingStatements } from './signing-permissions';

export interface ProxyReach {
  readonly policy: Policy;
  readonly network: ProxyNetwork;
  readonly task: ProxyTask;
  readonly securityGroup: ClosedSecurityGroup;
  readonly envoy: EnvoyImage;
  readonly keeper: PinnedImage;
}

/** Opens the proxy's group to the upstreams of its policy, and its network's endpoints to what the task needs. */
export function openReach(scope: Construct, reach: ProxyReach): void {
  const { network, policy, securityGroup } = reach;
  if (network.endpoints) openEndpoints(scope, reach, network.endpoints);
  // 443 always with internet: AWS's own services, and where tokens are fetched.
  if (network.internet) securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'upstreams and services of AWS');
  for (const { addresses, port } of policy.upstreams) {
    if (addresses === 'public') {
      if (network.internet) securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'upstreams of the policy');
      continue;
    }
    for (const range of addresses) {
      if (range === network.cidr) continue;
      const peer = range.includes(':') ? Peer.ipv6(range) : Peer.ipv4(range);
      securityGroup.addEgressRule(peer, Port.tcp(port), 'private upstreams of the policy');
    }
  }
}

/** Why this policy can't work in this network; empty: it can. */
export function reachProblems(
  scope: Construct,
  { policy, network, envoy, keeper }: Pick<ProxyReach, 'policy' | 'network' | 'envoy' | 'keeper'>,
): string[] {
  const problems = policy.upstreams.flatMap((one) => [...signedElsewhere(scope, one), ...tokenElsewhere(one)]);
  if (!network.endpoints) return problems;
  for (const { host, addresses } of network.internet ? [] : policy.upstreams) {
    if (addresses !== 'public') continue;
    problems.push(
      `policy.upstreams(${host}).addresses: expected the private range it is reached at, such as ["${network.cidr}"] for a service ` +
        'of AWS by its endpoint, got "public": the proxy’s network has no internet [no-internet]',
    );
  }
  for (const [name, image] of [
    ['envoy', envoy.pinned],
    ['keeper', keeper],
  ] as const) {
    if (image.repository) continue;
    problems.push(
      `${name}: expected an image of an ECR repository, got another registry: the proxy’s network reaches no other; copy the image [image-not-in-ecr]`,
    );
  }
  return problems;
}

function signedElsewhere(scope: Construct, upstream: Upstream): string[] {
  const { partition } = Stack.of(scope);
  if (upstream.tls !== 'intercept' || upstream.credential?.kind !== 'sigv4' || Token.isUnresolved(partition)) return [];
  if (upstream.host.endsWith('.cn') === (partition === 'aws-cn')) return [];
  return [
    `policy.upstreams(${upstream.host}).host: expected a service of this stack's own partition "${partition}", got another: the proxy's role can't sign for it [other-partition]`,
  ];
}

/** Keeper asks Google's metadata server for these, which is nowhere but on Google Cloud; without them it is never ready. */
function tokenElsewhere({ host, ...upstream }: Upstream): string[] {
  const kind = upstream.tls === 'intercept' ? upstream.credential?.kind : undefined;
  if (kind !== 'googleAccessToken' && kind !== 'googleIdToken') return [];
  return [
    `policy.upstreams(${host}).credential: expected a credential that can be had on AWS, got ${kind}, which only Google's own machines are given: the proxy would ` +
      'never be ready; leave the upstream out of the policy that AWS is given [google-token]',
  ];
}

function openEndpoints(
  scope: Construct,
  { policy, network, task, securityGroup, envoy, keeper }: ProxyReach,
  endpoints: PlatformEndpoints,
): void {
  endpoints.allowFrom(securityGroup);
  endpoints.allowLog(task.logGroup);
  for (const { repository } of [envoy.pinned, keeper]) if (repository) endpoints.allowPull(repository);
  if (task.files.objectArn !== undefined) endpoints.allowObject(task.files.objectArn);
  if (!network.internet) {
    const secrets = [task.authoritySeed, ...Object.values(task.secrets.byName)].map(({ secretArn }) => secretArn);
    endpoints.allowSecrets(secrets, securityGroup);
    const parameters = Object.values(task.secrets.parameters).map(({ parameterArn }) => parameterArn);
    if (parameters.length > 0) endpoints.allowParameters(parameters, securityGroup);
  }
  const calls = signingStatements(scope, policy);
  const atEndpoint = policy.upstreams.some(
    ({ host, addresses }) =>
      host.startsWith('bedrock-runtime.') && addresses !== 'public' && addresses.includes(network.cidr),
  );
  if (atEndpoint && calls.length > 0)
    endpoints.allowService('Bedrock', InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME, calls, securityGroup);
}
