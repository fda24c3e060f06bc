import fc from 'fast-check';
import { appended, fitted, listPlaces, spareEntries, spares } from './add';
import { closedByForgetting, judgedOpen, worstByClaim } from './forget';
import { holed, HOLES } from './holes';
import type { Resources } from './templates';

/** More, and others each time, with `PROOF_ADD`. */
const { PROOF_ADD } = process.env;
const RUNS = Number(PROOF_ADD ?? 150);
const SEED = PROOF_ADD === undefined ? { seed: 20261124 } : {};

const SPARES = spares();
const ENTRIES = spareEntries();
const cells = HOLES.map((hole) => {
  let made: { resources: Resources; known: ReturnType<typeof worstByClaim> } | undefined;
  const resources = () => holed(hole);
  return {
    hole: hole.hole,
    seed: () => (made ??= { resources: resources(), known: worstByClaim(judgedOpen(resources())) }),
  };
});

test('a resource more closes nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...cells),
      fc.array(fc.constantFrom(...SPARES), { minLength: 1, maxLength: 2 }),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      ({ hole, seed }, added, numbers) => {
        const { resources, known } = seed();
        let at = 0;
        const pick = (most: number) => (numbers[at++ % numbers.length] ?? 0) % Math.max(1, most);
        const more = { ...resources };
        for (const [index, one] of added.entries()) more[`Added${index}`] = fitted(one, more, pick);
        const closed = closedByForgetting(known, judgedOpen(more));
        expect({ hole, closed, added: Object.entries(more).filter(([id]) => id.startsWith('Added')) }).toMatchObject({
          closed: [],
        });
      },
    ),
    { ...SEED, numRuns: RUNS, endOnFailure: true },
  );
});

test('an entry more in a list closes nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...cells), fc.nat(), fc.nat(), ({ hole, seed }, where, which) => {
      const { resources, known } = seed();
      const places = listPlaces(resources);
      const [name, place] = places[where % places.length] ?? ['', []];
      const entries = ENTRIES.get(name) ?? [];
      if (entries.length === 0) return;
      const entry = entries[which % entries.length];
      const closed = closedByForgetting(known, judgedOpen(appended(resources, place, entry)));
      expect({ hole, place, entry, closed }).toMatchObject({ closed: [] });
    }),
    { ...SEED, numRuns: RUNS, endOnFailure: true },
  );
});
