import { observeInNamespace } from '../faults/namespace';
import { type BootObservations, HOST, VALUE } from './observe-boot';
import { TOKEN } from './stand-ins';

let seen: BootObservations;
beforeAll(() => {
  seen = observeInNamespace<BootObservations>('boot', __dirname);
}, 180_000);

describe('a machine booted from the synthesized template, each container with its own user and mounts', () => {
  test('starts only with the files as they were compiled', () => {
    expect(seen.checksums).toEqual([0, 1]);
  });

  test('is ready by the keeper’s check and by the load balancer’s, which it was not before', () => {
    expect(seen.checks).toEqual([1, 0]);
    expect(seen.healthy).toBe(true);
  });

  test('has the authority’s certificate among Envoy’s mounts, without which Envoy ends', () => {
    expect(seen.withoutAuthority).toContain('authority.crt');
  });

  test('asks the metadata server for its own token, and with that for its two secrets and no other', () => {
    expect([...new Set(seen.metadata)]).toEqual(['Google /computeMetadata/v1/instance/service-accounts/default/token']);
    const path = (name: string) =>
      `Bearer ${TOKEN} /v1/projects/acme-agents/secrets/boot-${name}/versions/latest:access`;
    expect([...new Set(seen.asked)].sort()).toEqual([path('-authority-seed'), path('api-key')]);
  });
});

describe('an agent of that template', () => {
  test('starts once the container beside it shows that it wrote what is to be trusted', () => {
    expect(seen.trustPort).toEqual([false, true]);
  });

  test.each(['transparent', 'connect', 'base-url'])(
    'is let through by the %s way, with the key it never had',
    (way) => {
      expect(seen.answers[way]).toBe('200');
      expect(seen.arrivals[way]?.map(({ serverName, headers }) => [serverName, headers['x-api-key']])).toEqual([
        [HOST, [VALUE]],
      ]);
      expect(JSON.stringify(seen.agentEnvironment)).not.toContain(VALUE);
    },
  );

  test.each([
    ['other-path', '403'],
    ['other-host', '000'],
    ['untrusted', '000'],
  ])('is refused %s, and nothing arrives', (name, code) => {
    expect(seen.answers[name]).toBe(code);
    expect(seen.arrivals[name]).toEqual([]);
  });

  test('shares no file with the machine’s keeper', () => {
    expect(seen.credentialReadable).toBe(false);
  });
});
