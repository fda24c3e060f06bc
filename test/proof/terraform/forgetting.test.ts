import fc from 'fast-check';
import { prove, type Report } from '../../../lib/proof';
import { closedByForgetting, worstByClaim } from '../forget';
import { applied, planned, written } from './forms';
import { MUTATIONS } from './mutations';
import { referenceConfiguration, type Stack } from './reference';

/** More with `PROOF_FORGET`, which walks elsewhere too. */
const RUNS = Number(process.env.PROOF_FORGET ?? 150);
const SEED = process.env.PROOF_FORGET ? {} : { seed: 20261124 };
/** What a setting may become that nobody knows. */
const UNKNOWN = [
  '${var.nobody}',
  'x${var.nobody}',
  '${data.aws_thing.here.id}',
  '${lower(local.that)}',
  '${module.other.id}',
  '${aws_ssm_parameter.elsewhere.value}',
];

type Path = readonly string[];

/** What says which workload is judged as what. */
const isMark = (path: Path) => path.includes('tags');

/** Every setting of a section's resources, whole blocks and their parts. */
function places(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return path.length > 2 ? [path] : [];
  const inner = Object.entries(node).flatMap(([key, one]) => places(one, [...path, key]));
  return path.length > 2 ? [path, ...inner] : inner;
}

function set(node: unknown, [first, ...rest]: Path, change: (value: unknown) => unknown): unknown {
  if (first === undefined || typeof node !== 'object' || node === null) return change(node);
  const changed = Object.entries(node).map(
    ([key, one]) => [key, key === first ? set(one, rest, change) : (one as unknown)] as const,
  );
  return Array.isArray(node) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

const OPENED: readonly (readonly [string, Stack])[] = MUTATIONS.map(({ protection, remove }) => {
  const stack = referenceConfiguration();
  remove(stack);
  return [protection, stack];
});
const judged = (document: unknown): Report => prove([{ name: 'stack', document }]);
const known = new Map(OPENED.map(([name, stack]) => [name, worstByClaim(judged(written(stack.resource, stack.data)))]));

test('forgetting a setting of a configuration closes nothing that was open', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OPENED),
      fc.nat(),
      fc.constantFrom(...UNKNOWN),
      fc.constantFrom('value', 'count', 'list'),
      ([name, stack], at, unknown, how) => {
        const all = places({ resource: stack.resource, data: stack.data }).filter(
          (path) => path.length > 3 && !isMark(path),
        );
        const path = all[at % all.length] ?? [];
        const whole = how === 'count' ? path.slice(0, 3) : path;
        const after = set({ ...stack }, whole, (value) => {
          if (how === 'count') return { ...(value as object), count: unknown };
          return how === 'list' ? [unknown] : unknown;
        }) as Stack;
        const closed = closedByForgetting(known.get(name) ?? new Map(), judged(written(after.resource, after.data)));
        expect([name, whole.join('.'), how, closed]).toEqual([name, whole.join('.'), how, []]);
      },
    ),
    { numRuns: RUNS, ...SEED },
  );
});

interface Change {
  readonly address: string;
  readonly change: { after: Record<string, unknown>; after_unknown: Record<string, unknown> };
}

test('a plan in which one more setting waits for the apply closes nothing that was open', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OPENED), fc.nat(), ([name, stack], at) => {
      const before = planned(stack.resource, stack.data) as Plan;
      const settings = before.resource_changes.flatMap(({ address, change }) =>
        Object.keys(change.after).flatMap((key) => (isMark([key]) ? [] : [[address, key] as const])),
      );
      const [address = '', key = ''] = settings[at % settings.length] ?? [];
      const after = waiting(before, address, key);
      const closed = closedByForgetting(worstByClaim(judged(before)), judged(after));
      expect([name, address, key, closed]).toEqual([name, address, key, []]);
    }),
    { numRuns: RUNS / 2, ...SEED },
  );
});

interface Plan {
  readonly planned_values: { root_module: { resources: { address: string; values: Record<string, unknown> }[] } };
  readonly resource_changes: Change[];
  readonly configuration: { root_module: { resources: { address: string; expressions: Record<string, unknown> }[] } };
}

function waiting(plan: Plan, address: string, key: string): Plan {
  const copy = structuredClone(plan);
  const of = <T extends { address: string }>(all: readonly T[]) => all.filter((one) => one.address === address);
  for (const one of of(copy.planned_values.root_module.resources)) one.values[key] = null;
  for (const { change } of of(copy.resource_changes)) {
    change.after[key] = null;
    change.after_unknown[key] = true;
  }
  for (const one of of(copy.configuration.root_module.resources))
    one.expressions[key] = { references: ['var.nobody', 'local.other'] };
  return copy;
}

test.each(OPENED)('without “%s” no form knows more than the configuration', (name, stack) => {
  const before = known.get(name) ?? new Map();
  for (const form of [planned, applied])
    expect([form.name, closedByForgetting(before, judged(form(stack.resource, stack.data)))]).toEqual([form.name, []]);
});
