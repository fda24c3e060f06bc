import { AgentService, EnvoyImage, PinnedImage, type SecureAgentProps } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { agentStack, at, DIGEST, failure, type Json, resourcesOf, synth } from './stack';

const KEEPER = `europe-docker.pkg.dev/acme/proxy/keeper@${DIGEST}`;
const IMAGES = {
  envoy: EnvoyImage.of(PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/envoy:v1.40.0@${DIGEST}`)),
  keeper: PinnedImage.fromRegistry(KEEPER),
};
const TYPES = { job: 'cloud_run_v2_job', service: 'cloud_run_v2_service', workerPool: 'cloud_run_v2_worker_pool' };
const OPAQUE = definePolicy({
  policy: 1,
  name: 'coder',
  upstreams: [{ host: 'packages.example.com', tls: 'passthrough' }],
});

/** The part of a workload that runs: its containers and volumes. */
function running(kind: keyof typeof TYPES, props: Partial<SecureAgentProps> = {}): Json | undefined {
  const [found] = resourcesOf(synth(agentStack({ kind, ...IMAGES, ...props }).stack), TYPES[kind]);
  return kind === 'job' ? at(found, 'template', 'template') : at(found, 'template');
}

describe.each(['job', 'service', 'workerPool'] as const)('beside a %s', (kind) => {
  const template = running(kind);
  const [agent, trust] = [at(template, 'containers', 0), at(template, 'containers', 1)];

  test('keeper’s image asks the window for the authority, into memory that both mount, before the agent starts', () => {
    expect(trust).toMatchObject({ name: 'trust', image: KEEPER });
    expect(at(trust, 'args')).toEqual(
      expect.arrayContaining(['--trust-from', 'http://10.10.1.10:8080/.well-known/anchorhold/authority.crt']),
    );
    const mount = { name: 'trust', mount_path: '/run/anchorhold' };
    expect(at(trust, 'volume_mounts')).toEqual([mount]);
    expect(at(agent, 'volume_mounts')).toEqual(expect.arrayContaining([mount]));
    expect(at(template, 'volumes', 1)).toMatchObject({ name: 'trust', empty_dir: { medium: 'MEMORY' } });
    expect(at(agent, 'depends_on')).toEqual(['trust']);
  });

  test('the agent’s clients are told to trust what it writes', () => {
    expect(at(agent, 'env')).toEqual(
      expect.arrayContaining([
        { name: 'CURL_CA_BUNDLE', value: '/run/anchorhold/bundle.pem' },
        { name: 'NODE_EXTRA_CA_CERTS', value: '/run/anchorhold/authority.crt' },
      ]),
    );
  });

  test('it holds nothing: no variable, no volume of secrets, the agent’s own account', () => {
    expect(at(trust, 'env')).toBeUndefined();
    const volumes = at(template, 'volumes');
    expect(Array.isArray(volumes) && volumes.map((volume) => Object.keys(Object(volume)).sort())).toEqual([
      ['empty_dir', 'name'],
      ['empty_dir', 'name'],
    ]);
  });
});

test('where the platform has a probe it waits for the port that the container opens last', () => {
  for (const kind of ['job', 'service'] as const) {
    const trust = at(running(kind), 'containers', 1);
    expect(at(trust, 'startup_probe', 'tcp_socket', 'port')).toBe(15020);
    expect(at(trust, 'args')).toEqual(expect.arrayContaining(['--ready-port', '15020']));
  }
});

test('in a job it ends by itself, in a service and a pool never', () => {
  const ends = (kind: keyof typeof TYPES) =>
    JSON.stringify(at(running(kind), 'containers', 1, 'args')).includes('--ready-seconds');
  expect([ends('job'), ends('service'), ends('workerPool')]).toEqual([true, false, false]);
});

test.each([
  ['an image that has the certificate', { trust: { bundle: '/etc/roots.pem', authority: '/etc/authority.crt' } }],
  ['base-URL clients alone', { trust: false as const }],
  ['a policy that opens nobody’s TLS', { policy: OPAQUE }],
])('nothing is fetched for %s', (_, props) => {
  const template = running('job', props);
  expect(at(template, 'containers', 1)).toBeUndefined();
  expect(at(template, 'containers', 0, 'depends_on')).toBeUndefined();
  const bundle = 'trust' in props && props.trust !== false ? '/etc/roots.pem' : undefined;
  const set = JSON.stringify(at(template, 'containers', 0, 'env')).match(/"CURL_CA_BUNDLE","value":"([^"]*)"/)?.[1];
  expect(set).toBe(bundle);
});

test('a service that would listen on the container’s port is refused', () => {
  const { stack, agent } = agentStack();
  const parts = { network: agent.network, proxy: agent.proxy, window: agent.window, image: IMAGES.keeper };
  expect(failure(() => new AgentService(stack, 'Other', { ...parts, name: 'other', port: 15020 }))).toMatch(
    /port: expected a port other than 15020.*\[port-taken\]/,
  );
});
