import fc from 'fast-check';
import { type ClaimId, prove, type Report, type Verdict } from '../../../lib/proof';
import { MUTATIONS } from './mutations';
import { type Raw, referenceResources, type Resources } from './reference';

/** More with `PROOF_FUZZ`. */
const RUNS = Number(process.env.PROOF_FUZZ ?? 300);
/** The same walk every time; another with `PROOF_FUZZ`. */
const SEED = process.env.PROOF_FUZZ ? {} : { seed: 20261124 };
const REFERENCE = referenceResources();
/** What a setting may become that nobody knows. */
const UNKNOWN = ['${var.nobody}', '${data.google_thing.here.id}', '${lower(local.that)}', '${module.other.id}'];

type Path = readonly string[];

/** Every place in a document that holds a plain value, below its resources' names. */
function leaves(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return path.length > 2 ? [path] : [];
  return Object.entries(node).flatMap(([key, inner]) =>
    key === '//' || key === 'lifecycle' || key === 'depends_on' ? [] : leaves(inner, [...path, key]),
  );
}

/** And every block that holds something. */
function places(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.entries(node).flatMap(([key, one]) =>
    key === '//' || key === 'lifecycle' || key === 'depends_on' ? [] : places(one, [...path, key]),
  );
  return path.length > 2 ? [path, ...inner] : inner;
}

function set(node: unknown, path: Path, value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof node !== 'object' || node === null) return value;
  const changed = Object.entries(node).map(([key, one]) => [key, key === first ? set(one, rest, value) : one] as const);
  return Array.isArray(node) ? changed.map(([, one]) => one) : Object.fromEntries(changed);
}

function judged(resource: unknown): Report {
  return prove([{ name: 'stack', document: { provider: {}, resource } }]);
}

/** The worst of each claim; no claim may be better known than before. */
function worstOf(report: Report): ReadonlyMap<ClaimId, Verdict> {
  const order: readonly Verdict[] = ['closed', 'unproven', 'open'];
  const found = new Map<ClaimId, Verdict>();
  for (const { claim, verdict } of report.findings) {
    const before = found.get(claim) ?? 'closed';
    if (order.indexOf(verdict) >= order.indexOf(before)) found.set(claim, verdict);
  }
  return found;
}

/** Claims that aren't closed and would be closed once a fact is forgotten. */
function closedBy(before: Report, after: Report): string[] {
  const then = worstOf(after);
  return [...worstOf(before)]
    .filter(([claim, verdict]) => verdict !== 'closed' && then.get(claim) === 'closed')
    .map(([claim]) => claim);
}

const opened: readonly (readonly [string, Resources])[] = MUTATIONS.map(({ protection, remove }) => {
  const resources = structuredClone(REFERENCE);
  remove(resources);
  return [protection, resources];
});

test('forgetting a fact closes no claim that was open', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...opened),
      fc.nat(),
      fc.constantFrom(...UNKNOWN),
      fc.boolean(),
      ([protection, resources], at, unknown, whole) => {
        const paths = whole ? places(resources) : leaves(resources);
        const path = paths[at % paths.length] ?? [];
        const after = judged(set(resources, path, unknown));
        expect([protection, path.join('.'), closedBy(judged(resources), after)]).toEqual([
          protection,
          path.join('.'),
          [],
        ]);
      },
    ),
    { numRuns: RUNS, ...SEED },
  );
});

test('a plan in which a value is known only after apply is never better than one that has it', () => {
  const plan = (resource: Raw, unknown: Raw): Report =>
    prove([
      {
        name: 'plan',
        document: {
          format_version: '1.2',
          planned_values: {
            root_module: {
              resources: [
                {
                  address: 'google_cloud_run_v2_job.a',
                  mode: 'managed',
                  type: 'google_cloud_run_v2_job',
                  name: 'a',
                  values: resource,
                },
              ],
            },
          },
          resource_changes: [
            {
              address: 'google_cloud_run_v2_job.a',
              change: { actions: ['create'], after: resource, after_unknown: unknown },
            },
          ],
          configuration: { root_module: { resources: [] } },
        },
      },
    ]);
  const sound = {
    name: 'a',
    template: [
      {
        template: [{ vpc_access: [{ egress: 'PRIVATE_RANGES_ONLY' }], service_account: 'x@y.iam.gserviceaccount.com' }],
      },
    ],
  };
  expect(worstOf(plan(sound, {})).get('ip')).toBe('open');
  const forgotten = plan(
    { name: 'a', template: [{ template: [{ vpc_access: [{}] }] }] },
    { template: [{ template: [{ vpc_access: [{ egress: true }] }] }] },
  );
  expect(worstOf(forgotten).get('ip')).toBe('unproven');
  expect(worstOf(plan({ name: 'a' }, { template: true })).get('ip')).toBe('unproven');
});
