import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { processTerminal } from '../../lib/cli';
import { readTemplates } from '../../lib/cli/read-templates';
import { closedByForgetting, FORGETTINGS, forgotten, judgedOpen, placesOf, worstByClaim } from './forget';
import { MUTATIONS } from './mutations';
import type { Resources } from './templates';

/*
 * The law of forgetting on what the examples really make: each of their templates, less one of its protections, has claims that
 * aren't closed; no fact that is forgotten besides may close one.
 */

/** More, and others each time, with `PROOF_FORGET`. */
const { PROOF_FORGET } = process.env;
const RUNS = Number(PROOF_FORGET ?? 100) / 5;
const SEED = PROOF_FORGET === undefined ? { seed: 20261124 } : {};
const EXAMPLES = join(__dirname, '../../examples');

const names = readdirSync(EXAMPLES).filter((name) => existsSync(join(EXAMPLES, name, 'expected.yaml')));

async function templateOf(name: string): Promise<Resources> {
  const [read] = await readTemplates([join(EXAMPLES, name, 'expected.yaml')], processTerminal());
  // A template is an object with resources by CloudFormation's own definition.
  const { Resources: resources } = read?.document as { Resources: Resources };
  return functionsOf(resources) as Resources;
}

/** The functions that the examples' pages show as texts: `${Vpc}`, `${Role.Arn}`. */
function functionsOf(node: unknown): unknown {
  if (typeof node === 'string') return functionOf(node);
  if (typeof node !== 'object' || node === null || 'Fn::Sub' in node) return node;
  if (Array.isArray(node)) return node.map(functionsOf);
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, functionsOf(inner)]));
}

function functionOf(text: string): unknown {
  const [whole, id = '', attribute] = /^\$\{([\w:]+)(?:\.([\w.]+))?\}$/.exec(text) ?? [];
  if (whole === undefined) return text.includes('${') ? { 'Fn::Sub': text } : text;
  return attribute === undefined ? { Ref: id } : { 'Fn::GetAtt': [id, attribute] };
}

/** The template without one protection; undefined where it hasn't that one. */
function less(resources: Resources, { remove }: (typeof MUTATIONS)[number]): Resources | undefined {
  const copy = structuredClone(resources);
  try {
    remove(copy);
    return copy;
  } catch {
    return undefined;
  }
}

test('there are examples of AWS', () => expect(names.length).toBeGreaterThan(3));

test('what is read back of an example is as closed as the example', async () => {
  const verdicts = worstByClaim(judgedOpen(await templateOf('aws-minimal')));
  expect(verdicts.size).toBeGreaterThan(10);
  expect([...verdicts].filter(([, verdict]) => verdict !== 'closed')).toEqual([]);
});

test.each(names)('forgetting a fact of %s without one protection closes nothing', async (name) => {
  const resources = await templateOf(name);
  const seeds = new Map<number, { less: Resources; known: ReturnType<typeof worstByClaim> } | undefined>();
  const seedOf = (index: number) => {
    if (!seeds.has(index)) {
      const mutation = MUTATIONS[index];
      const made = mutation && less(resources, mutation);
      seeds.set(index, made && { less: made, known: worstByClaim(judgedOpen(made)) });
    }
    return seeds.get(index);
  };
  fc.assert(
    fc.property(
      fc.nat(MUTATIONS.length - 1),
      fc.nat(),
      fc.constantFrom(...Object.keys(FORGETTINGS)),
      (index, at, how) => {
        const seed = seedOf(index);
        if (!seed) return;
        const places = placesOf(seed.less);
        const place = places[at % places.length] ?? [];
        const claims = closedByForgetting(
          seed.known,
          judgedOpen(forgotten(seed.less, place, FORGETTINGS[how] ?? String)),
        );
        expect({ without: MUTATIONS[index]?.protection, place, how, claims }).toMatchObject({ claims: [] });
      },
    ),
    { ...SEED, numRuns: RUNS, endOnFailure: true },
  );
});
