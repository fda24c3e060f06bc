import { observeInNamespace } from './namespace';
import { OURS, PROTECTIONS, type ProtectionObservation } from './observe-protections';

let seen: Record<string, ProtectionObservation>;
beforeAll(() => {
  seen = observeInNamespace<Record<string, ProtectionObservation>>('protections');
}, 180_000);

describe.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))('%s', (name, { refusal }) => {
  test('stops its probe while it is in place', () => {
    const { status, arrivals } = seen[name]?.inPlace ?? { status: -1, arrivals: [] };
    expect(status).toBe(refusal ?? 200);
    if (refusal !== undefined) expect(arrivals).toEqual([]);
    else expect(foreignKeys(arrivals)).toEqual([]);
  });

  test('is what stops it: with it taken out, the same probe gets through', () => {
    const { status, arrivals } = seen[name]?.takenOut ?? { status: -1, arrivals: [] };
    expect(status).toBe(200);
    expect(arrivals).toHaveLength(1);
    if (refusal === undefined) expect(foreignKeys(arrivals)).not.toEqual([]);
  });
});

/** Values in a credential's slot that aren't ours. */
function foreignKeys(arrivals: ProtectionObservation['inPlace']['arrivals']): string[] {
  return arrivals
    .flatMap(({ headers }) => [...(headers['authorization'] ?? []), ...(headers['x-api-key'] ?? [])])
    .filter((value) => value !== OURS);
}
