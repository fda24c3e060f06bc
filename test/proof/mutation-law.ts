import type { ClaimId, Report, Verdict } from '../../lib/proof';

/** A protection of our own stack, and what turns without it. */
export interface Mutation<Resources> {
  /** The protection, as the table in the docs names it. */
  readonly protection: string;
  readonly remove: (resources: Resources) => void;
  /** Claims that turn open. */
  readonly opens: readonly ClaimId[];
  /** Claims that turn unproven. @default - none */
  readonly unproven?: readonly ClaimId[];
  /** Where nothing opens: the protection behind it, by its name in this table. Without both, `together` opens. */
  readonly heldBy?: string;
  /** Claims that open without both. */
  readonly together?: readonly ClaimId[];
}

/** Tests that each protection turns exactly its claims. `without`: our stack after these removals, judged. */
export function testMutations<Resources>(
  mutations: readonly Mutation<Resources>[],
  without: (...removals: readonly ((resources: Resources) => void)[]) => Report,
): void {
  test.each(mutations.map((mutation) => [mutation.protection, mutation] as const))(
    'without "%s" exactly its claims turn',
    (_, mutation) => {
      const report = without(mutation.remove);
      expect({ open: claims(report, 'open'), unproven: claims(report, 'unproven') }).toEqual({
        open: [...mutation.opens].sort(),
        unproven: [...(mutation.unproven ?? [])].sort(),
      });
      for (const one of report.findings.filter(({ verdict }) => verdict === 'open')) {
        expect(one.path.length).toBeGreaterThan(0);
        expect(one.change).toMatch(/./);
      }
    },
  );

  const held = mutations.filter(({ heldBy }) => heldBy !== undefined);
  for (const mutation of held)
    test(`without "${mutation.protection}" and what holds it the claims open`, () => {
      const second = mutations.find(({ protection }) => protection === mutation.heldBy);
      expect(second).toBeDefined();
      const report = without(mutation.remove, second?.remove ?? (() => undefined));
      expect(mutation.together).not.toEqual([]);
      expect(claims(report, 'open')).toEqual(expect.arrayContaining([...(mutation.together ?? [])]));
    });

  test('a protection that opens nothing alone has another behind it, or leaves a fact missing', () => {
    const idle = mutations.filter(
      ({ opens, heldBy, unproven = [] }) => opens.length === 0 && heldBy === undefined && unproven.length === 0,
    );
    expect(idle.map(({ protection }) => protection)).toEqual([]);
  });
}

function claims(report: Report, verdict: Verdict): ClaimId[] {
  return [...new Set(report.findings.filter((one) => one.verdict === verdict).map(({ claim }) => claim))].sort();
}

/** What turns, as the docs' table says it. */
export function effect<Resources>({ opens, unproven = [], heldBy, together = [] }: Mutation<Resources>): string {
  return [
    ...(opens.length > 0 ? [`open: ${opens.join(', ')}`] : []),
    ...(unproven.length > 0 ? [`unproven: ${unproven.join(', ')}`] : []),
    ...(heldBy === undefined ? [] : [`held by “${heldBy}”; without both, open: ${together.join(', ')}`]),
  ].join('; ');
}
