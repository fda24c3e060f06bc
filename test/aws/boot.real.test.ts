import { observeInNamespace } from '../faults/namespace';
import { HOST, VALUE } from './booted-task';
import { containerRuntime } from './run-gvisor';
import type { BootObservations } from './observe-boot';

let seen: BootObservations;
beforeAll(() => {
  seen = observeInNamespace<BootObservations>('boot', __dirname);
}, 180_000);

describe('a task booted from the synthesized template', () => {
  test('is healthy by its own check, which it was not before it ran', () => {
    expect(seen.checkBefore).toBe(1);
    expect(seen.checkAfter).toBe(0);
  });

  test('reads the secret and the authority’s seed by the proxy’s role, and no other', () => {
    const ids = seen.asked.map((line) => line.replace(/ .*secret:/, ' '));
    expect(ids.every((line) => line.startsWith('AKIAPROXYROLE '))).toBe(true);
    expect(new Set(ids).size).toBe(2);
  });

  test.each(['transparent', 'connect', 'base-url'] as const)(
    'lets an agent with the template’s environment through, by the %s way, with the key it never had',
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
  ] as const)('refuses the agent %s, and nothing arrives', (name, code) => {
    expect(seen.answers[name]).toBe(code);
    expect(seen.arrivals[name]).toBeUndefined();
  });
});

const runtime = containerRuntime();
if (!runtime)
  test.skip('a machine image for gVisor is not run here: it needs root, systemd-socket-proxyd and runsc or runc', () =>
    undefined);

(runtime ? describe : describe.skip)(`a machine image for gVisor, its container run by ${runtime ?? 'nothing'}`, () => {
  test.each(['connect', 'base-url'] as const)(
    'lets the agent through its socket, by the %s way, with the key it never had',
    (way) => {
      expect(seen.cell?.[way]).toBe('200');
      expect(
        seen.arrivals[`cell-${way}`]?.map(({ serverName, headers }) => [serverName, headers['x-api-key']]),
      ).toEqual([[HOST, [VALUE]]]);
    },
  );

  test('refuses what no rule has, and nothing arrives', () => {
    expect(seen.cell?.['other-path']).toBe('403');
    expect(seen.arrivals['cell-other-path']).toBeUndefined();
  });

  test('has no network but its loopback, and asks nobody for names: the same probe passes outside', () => {
    expect(seen.directOutside).toBe('200');
    expect(seen.cell).toMatchObject({ direct: '000', names: '0', interfaces: 'lo' });
    expect(seen.arrivals['cell-direct']).toBeUndefined();
  });

  test('is held by having no network: with its host’s the same probe gets past the socket', () => {
    expect(seen.networked).toBe('200');
  });
});
