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

/** What a walk once found, by the hole's name, the place and what was forgotten of it. */
test.each([
  ['a stranger’s group before the proxy', ['Stranger', 'Properties', 'VPCSecurityGroups'], 'a choice'],
  ['a stranger’s group before the proxy', ['Stranger', 'Properties', 'VPCSecurityGroups', 0], 'a parameter'],
  ['an endpoint to a resource of VPC Lattice, with a policy', ['Near', 'Properties', 'VpcEndpointType'], 'a parameter'],
  [
    'the proxy’s own log',
    ['Task', 'Properties', 'ContainerDefinitions', 0, 'LogConfiguration', 'LogDriver'],
    'an import',
  ],
  ['the proxy’s own log', ['Task', 'Properties', 'ContainerDefinitions', 0, 'LogConfiguration'], 'a condition'],
  ['a role that removes the proxy’s log', ['Task', 'Properties', 'TaskRoleArn'], 'a parameter'],
  ['a role that removes the proxy’s log', ['Held', 'Properties', 'Policies'], 'an import'],
  ['a service of VPC Lattice', ['Subnet', 'Properties', 'VpcId'], 'a parameter'],
  ['a balancer that says nothing of its place', ['Proxy'], 'a condition'],
])('forgetting in "%s" at %j %s closes nothing', (name, place, what) => {
  const hole = HOLES.find((one) => one.hole === name);
  const resources = hole ? holed(hole) : {};
  const forget = FORGETTINGS[what] ?? String;
  const known = worstByClaim(judgedOpen(resources));
  expect([...known.values()].some((verdict) => verdict !== 'closed')).toBe(true);
  expect(closedByForgetting(known, judgedOpen(forgotten(resources, place, forget)))).toEqual([]);
});

test('an instance whose network interfaces aren’t known closes nothing', () => {
  const holes = HOLES.map((hole) => holed(hole)).filter(({ Other }) =>
    JSON.stringify(Other ?? '').includes('NetworkInterfaces'),
  );
  expect(holes.length).toBeGreaterThan(0);
  for (const resources of holes) {
    const known = worstByClaim(judgedOpen(resources));
    const forget = FORGETTINGS['a parameter'] ?? String;
    const place = ['Other', 'Properties', 'NetworkInterfaces', 0];
    expect(closedByForgetting(known, judgedOpen(forgotten(resources, place, forget)))).toEqual([]);
  }
});
