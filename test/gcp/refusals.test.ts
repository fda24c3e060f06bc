import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { TerraformStack, Testing } from 'cdktf';
import { AgentNetwork, EgressNetwork, EgressProxy, EnvoyImage, PinnedImage, SecureAgent } from '../../lib/gcp';
import { proxyUserData } from '../../lib/gcp/user-data';
import { definePolicy } from '../../lib/policy';
import { agentStack, DIGEST, emptyStack, failure, IMAGE, POLICY } from './stack';

const envoy = (tag: string) => PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/envoy:${tag}@${DIGEST}`);
const ENVOY = EnvoyImage.of(envoy('v1.40.0'));
const KEEPER = PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/keeper@${DIGEST}`);
const policyOf = (...upstreams: object[]) => definePolicy({ policy: 1, name: 'coder', upstreams });

test.each(['europe-docker.pkg.dev/acme/agents/coder:latest', 'coder@sha256:abc', `coder@${DIGEST}`])(
  'refuses the image %s, which names no registry or no digest',
  (reference) => {
    expect(() => PinnedImage.fromRegistry(reference)).toThrow(
      `got "${reference}": a tag can be moved to other bytes; pin the digest that "docker buildx imagetools inspect" prints [image-not-pinned]`,
    );
  },
);

test('takes an image by digest, and knows its repository', () => {
  expect(PinnedImage.fromRegistry(IMAGE).repository).toMatchObject({
    location: 'europe-west1',
    project: 'acme-agents',
    name: 'agents',
  });
  expect(PinnedImage.fromRegistry(`registry.example:5000/coder:v1@${DIGEST}`)).toMatchObject({ tag: 'v1' });
});

test.each(['v1.39.2', 'distroless-v1.9.0'])('refuses Envoy %s', (tag) => {
  expect(() => EnvoyImage.of(envoy(tag))).toThrow(
    /^envoy: expected version 1\.40 or newer, got "1\.\d+": .*\[envoy-too-old\]$/,
  );
});

test.each(['Coder', 'c', '1coder', 'a-name-that-is-longer-than-24', 'coder-'])('refuses the name %s', (name) => {
  expect(() => agentStack({ name })).toThrow(
    `name: expected 2 to 24 lower-case letters, digits and inner hyphens such as "coder", got "${name}": names of Google Cloud take no more; give name [name-invalid]`,
  );
});

test('refuses two agents of one name', () => {
  const { stack } = agentStack();
  expect(() => new SecureAgent(stack, 'Second', { policy: POLICY, image: PinnedImage.fromRegistry(IMAGE) })).toThrow(
    'name: expected a name of its own, got "coder", which test/Agent/Network has already; give another name [name-taken]',
  );
});

test('refuses a stack that says no project and no region', () => {
  const stack = new TerraformStack(Testing.app(), 'test');
  const make = (id: string) => () => new AgentNetwork(stack, id, { name: `coder-${id}` });
  expect(make('a')).toThrow(
    'got none; add one before this construct, or give location: { project, region } [location-unknown]',
  );
  new GoogleProvider(stack, 'google', { project: 'acme-agents' });
  expect(make('b')).toThrow('[location-unknown]');
});

test('refuses a project and a region that can’t be', () => {
  const message = failure(() => agentStack({ location: { project: 'Acme', region: 'Europe' } }));
  expect(message).toBe(
    'project: expected the id of a project such as "acme-agents", got "Acme" [project-invalid]\n' +
      'region: expected a region such as "europe-west1", got "Europe" [region-invalid]',
  );
});

describe('ranges of addresses', () => {
  const network = (props: object) => failure(() => new AgentNetwork(emptyStack(), 'N', { name: 'coder', ...props }));

  test.each([
    ['10.0.0.0/99', 'an IPv4 range such as "10.10.0.0/24"'],
    ['10.10.0.5/24', 'a range with no bits set behind its prefix'],
    ['fd00::/64', 'an IPv4 range such as "10.10.0.0/24"'],
  ])('refuses %s, which the provider accepts at plan', (cidr, expected) => {
    expect(network({ cidr })).toBe(`cidr: expected ${expected}, got "${cidr}" [cidr-invalid]`);
  });

  test('refuses two that overlap, one too small, and the one Cloud Run can’t reach', () => {
    expect(network({ windowCidr: '10.10.0.0/28' })).toBe(
      "cidr: expected a range beside windowCidr's, got one that overlaps it; give them ranges of their own [cidr-overlap]",
    );
    expect(network({ cidr: '10.10.0.0/27' })).toBe(
      'cidr: expected a range of /26 or larger, got "10.10.0.0/27" [cidr-too-small]',
    );
    expect(network({ cidr: '192.168.0.0/16' })).toBe(
      "cidr: expected a range beside 192.168.1.0/24, which Cloud Run can't reach [cidr-unreachable]",
    );
  });
});

describe('what a policy asks that this place can’t give', () => {
  const message = (...upstreams: object[]) => failure(() => agentStack({ policy: policyOf(...upstreams) }));

  test('refuses a signature of AWS', () => {
    const credential = { sigv4: { service: 'bedrock', region: 'eu-west-1' } };
    expect(message({ host: 'bedrock.example.com', credential, rules: ['POST /model/**'] })).toBe(
      'policy: bedrock.example.com expects a signature of AWS, got a proxy on Google Cloud, which has no AWS identity; run this policy on AWS [sigv4-elsewhere]',
    );
  });

  test('refuses an authority whose certificates nobody gave', () => {
    expect(message({ host: 'internal.example.com', ca: 'lab', rules: 'any' })).toBe(
      'authorities: expected the certificates of "lab", which internal.example.com is verified against, got none; give authorities: { "lab": PEM } [ca-not-given]',
    );
  });

  test('refuses more ports than a load balancer takes, and an upstream on the proxy’s own', () => {
    const on = (...ports: number[]) => ports.map((port) => ({ host: `p${port}.example.com`, port, rules: 'any' }));
    expect(message(...on(443, 8443, 9443))).toMatch(
      /^policy: expected upstreams on at most 2 ports, got the ports 80, 443, 3128, 8080, 8443, 9443 for agents: .*\[too-many-ports\]$/,
    );
    expect(message(...on(8080))).toBe(
      "policy: expected upstreams beside the proxy's own ports, got one on 8080, where agents reach the proxy itself [port-taken]",
    );
  });
});

test('refuses a policy larger than a machine’s metadata', () => {
  let seed = 1;
  // Text that doesn't repeat itself and so doesn't pack.
  const noise = Array.from({ length: 60_000 }, () => (seed = (seed * 48271) % 2147483647).toString(36)).join('');
  const user = {
    files: { 'envoy.json': noise },
    authorities: {},
    ports: [443],
    envoyImage: '',
    keeperImage: '',
    secrets: {},
    authoritySeed: '',
  };
  expect(() => proxyUserData(user)).toThrow(
    /^policy: expected a compiled policy of at most 262144 bytes of user-data, got \d+: .*\[user-data-too-large\]$/,
  );
  expect(() => proxyUserData({ ...user, files: { 'envoy.json': noise.slice(0, 100_000) } })).not.toThrow();
});

describe('the proxy', () => {
  const proxy = (network: object, props: object = {}) => {
    const stack = emptyStack();
    const egress = new EgressNetwork(stack, 'E', { name: 'coder', ...network });
    return failure(
      () => new EgressProxy(stack, 'P', { policy: POLICY, network: egress, envoy: ENVOY, keeper: KEEPER, ...props }),
    );
  };

  test('takes what is sound', () => {
    expect(proxy({})).toBe('');
  });

  test('refuses a secret the policy does not name, and one in the place of a name, without showing it', () => {
    expect(proxy({}, { secrets: { 'anthropc-key': 'projects/acme-agents/secrets/key' } })).toBe(
      'secrets: expected only names the policy uses (anthropic-key), got "anthropc-key" [secret-not-in-policy]',
    );
    const message = proxy({}, { secrets: { 'anthropic-key': 'sk-live-0123456789abcdef' } });
    expect(message).toContain('[secret-name-invalid]');
    expect(message).not.toContain('sk-live');
  });

  test('refuses a policy that needs the internet in a network without, and an image it can’t pull', () => {
    const keeper = PinnedImage.fromRegistry(`registry.example/keeper@${DIGEST}`);
    const message = proxy({ internet: false }, { keeper });
    expect(message).toContain('got internet: false [network-without-internet]');
    expect(message).toContain(`got "registry.example/keeper@${DIGEST}"; copy it there [image-out-of-reach]`);
  });

  test('refuses a machine image that moves', () => {
    expect(proxy({}, { machineImage: 'projects/cos-cloud/global/images/family/cos-stable' })).toContain(
      '[machine-image-moves]',
    );
  });

  test('refuses a network named without its project, and two at once', () => {
    const stack = emptyStack();
    const existing = { network: 'hub', subnetwork: 'projects/acme-net/regions/europe-west1/subnetworks/proxy' };
    expect(() => new EgressNetwork(stack, 'E', { name: 'coder', existing })).toThrow(
      'existing.network: expected a full path such as "projects/acme-net/global/networks/hub", got "hub": a bare name would be looked for in the wrong project [network-reference-invalid]',
    );
    const within = new AgentNetwork(stack, 'N', { name: 'coder' });
    expect(() => new EgressNetwork(stack, 'F', { name: 'other', existing, within })).toThrow('[network-twice]');
    expect(() => new EgressNetwork(stack, 'G', { name: 'third', within, internet: false })).toThrow(
      '[shared-needs-internet]',
    );
  });
});
