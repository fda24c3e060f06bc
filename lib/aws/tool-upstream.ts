import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { looksLikeSecret, type Policy } from '../policy';
import type { ToolServerProps } from './tool-server';

type Upstream = Policy['upstreams'][number];

/** What a tool needs of the policy and of its image; throws with every problem. */
export function toolUpstream(props: ToolServerProps): {
  readonly upstream: Upstream;
  readonly repository: IRepository;
} {
  const { host, proxy, image, egress } = props;
  const upstream = proxy.policy.upstreams.find((one) => one.host === host);
  const problems = upstream
    ? [...addressProblems(upstream, proxy.network.cidr), ...identityProblems(upstream, props)]
    : [
        `host: expected a host of the policy "${proxy.policy.name}", got "${host}": agents reach a tool through its rules only; add an upstream of that name [tool-not-in-policy]`,
      ];
  if (egress && egress.proxy === proxy) {
    problems.push(
      'egress: expected the window of a proxy of the tool’s own, got the agents’: the tool would call with their credentials, and itself; give it a policy of its own [tool-egress-shared]',
    );
  }
  for (const [name, value] of Object.entries(props.environment ?? {})) {
    if (!looksLikeSecret(value)) continue;
    // Never quoted: it may be a key.
    problems.push(
      `environment.${name}: expected no secret, got a value shaped like a key, which the template would show; give it as secrets [secret-in-plain-text]`,
    );
  }
  problems.push(...containerProblems(props));
  const { repository } = image;
  if (!repository) {
    problems.push(
      'image: expected an image of an ECR repository, got another registry: the tool’s network reaches no other; copy the image [image-not-in-ecr]',
    );
  }
  if (upstream && repository && problems.length === 0) return { upstream, repository };
  throw new Error(problems.join('\n'));
}

function containerProblems({ port = 8080, environment = {}, secrets = {} }: ToolServerProps): string[] {
  const problems = Object.keys(secrets)
    .filter((name) => Object.hasOwn(environment, name))
    .map(
      (name) =>
        `secrets.${name}: expected each variable once, got it in environment too; leave it out there [variable-named-twice]`,
    );
  if (!Number.isInteger(port) || port < 1024 || port > 65535)
    problems.push(`port: expected 1024 to 65535, which uid 1000 may listen on, got ${port} [tool-port]`);
  return problems;
}

function addressProblems({ host, addresses }: Upstream, cidr: string): string[] {
  if (addresses !== 'public' && addresses.includes(cidr)) return [];
  const got = addresses === 'public' ? '"public"' : JSON.stringify(addresses);
  return [
    `policy.upstreams(${host}).addresses: expected ["${cidr}"], the proxy’s own network, where the tool is met, got ${got} [tool-addresses]`,
  ];
}

/** The proxy verifies whom it dials: by a certificate of the balancer and the public roots, or by an authority of the policy's. */
function identityProblems(upstream: Upstream, { certificate, host }: ToolServerProps): string[] {
  const named = upstream.tls === 'intercept' && upstream.ca !== undefined;
  if (upstream.tls === 'passthrough' || (certificate !== undefined) !== named) return [];
  return [
    certificate
      ? `policy.upstreams(${host}).ca: expected none beside a certificate of ACM, which the public roots verify, got one; remove one of the two [tool-identity]`
      : `policy.upstreams(${host}).ca: expected the authority that signed the tool’s certificate, got none: the proxy would dial whoever has the address; name it as ca, or give the tool a certificate of ACM [tool-identity]`,
  ];
}
