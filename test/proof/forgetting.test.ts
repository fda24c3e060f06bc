import fc from 'fast-check';
import { closedByForgetting, FORGETTINGS, forgotten, judgedOpen, type Place, placesOf, worstByClaim } from './forget';
import { holed, HOLES } from './holes';
import { MUTATIONS } from './mutations';
import { referenceStack } from './reference-stack';
import type { Resources } from './templates';

/** More, and others each time, with `PROOF_FORGET`. */
const { PROOF_FORGET } = process.env;
const RUNS = Number(PROOF_FORGET ?? 600);
const SEED = PROOF_FORGET === undefined ? { seed: 20261124 } : {};

interface Seed {
  readonly resources: Resources;
  readonly places: readonly Place[];
  readonly known: ReturnType<typeof worstByClaim>;
}

function seedOf(resources: Resources): Seed {
  return { resources, places: placesOf(resources), known: worstByClaim(judgedOpen(resources)) };
}

function once(make: () => Seed): () => Seed {
  let made: Seed | undefined;
  return () => (made ??= make());
}

const cells = HOLES.map((hole) => once(() => seedOf(holed(hole))));
const stacks = MUTATIONS.map(({ remove }) =>
  once(() => {
    const resources = referenceStack();
    remove(resources);
    return seedOf(resources);
  }),
);
const forgetting = fc.constantFrom(...Object.keys(FORGETTINGS));

function law(seeds: readonly (() => Seed)[], numRuns: number): void {
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.nat(), forgetting, (seed, at, name) => {
      const { resources, places, known } = seed();
      const place = places[at % places.length] ?? [];
      const forget = FORGETTINGS[name] ?? String;
      const claims = closedByForgetting(known, judgedOpen(forgotten(resources, place, forget)));
      expect({ place, claims }).toEqual({ place, claims: [] });
    }),
    { ...SEED, numRuns, endOnFailure: true },
  );
}

test('forgetting a fact of a cell with a hole closes nothing', () => law(cells, RUNS));

test('forgetting a fact of our own stack without one protection closes nothing', () => law(stacks, RUNS / 40));
