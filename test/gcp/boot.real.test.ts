import { observeInNamespace } from '../faults/namespace';
import { type BootObservations, HOST, TOOL, VALUE } from './observe-boot';
import { idToken, TOKEN } from './stand-ins';

let seen: BootObservations;
beforeAll(() => {
  if (process.getuid?.() !== 0) return;
  seen = observeInNamespace<BootObservations>('boot', __dirname);
}, 180_000);

/** A plain user's namespace has one user, and these containers are of four. */
const suite = process.getuid?.() === 0 ? describe : describe.skip;

suite('a machine booted from the synthesized template, each container with its own user and mounts', () => {
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

  test('asks the metadata server for its own tokens, and with the one for its two secrets and no other', () => {
    const base = 'Google /computeMetadata/v1/instance/service-accounts/default';
    expect([...new Set(seen.metadata)].sort()).toEqual([
      `${base}/identity?audience=${encodeURIComponent(`https://${TOOL}`)}`,
      `${base}/token`,
    ]);
    const path = (name: string) =>
      `Bearer ${TOKEN} /v1/projects/acme-agents/secrets/boot-${name}/versions/latest:access`;
    expect([...new Set(seen.asked)].sort()).toEqual([path('-authority-seed'), path('api-key')]);
  });
});

suite('an agent of that template', () => {
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

  test('asks a tool by the same window, and the tool is told who asks by the proxy’s own token for it', () => {
    expect(seen.answers['tool']).toBe('200');
    expect(seen.arrivals['tool']?.map(({ serverName, headers }) => [serverName, headers['authorization']])).toEqual([
      [TOOL, [`Bearer ${idToken(`https://${TOOL}`)}`]],
    ]);
  });

  test.each([
    ['other-path-of-tool', '403'],
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
