import fc from 'fast-check';
import { prove } from '../../../lib/proof';
import { answersAnything } from '../plant';
import { referenceResources } from './reference';

/** More with `PROOF_FUZZ`. */
const RUNS = Number(process.env.PROOF_FUZZ ?? 60);
const SOUND = {
  provider: { google: [{ project: 'p' }] },
  resource: referenceResources(),
  locals: {},
  variable: {},
  module: {},
};
const PLAN = {
  format_version: '1.2',
  planned_values: {
    root_module: {
      resources: [
        {
          address: 'google_cloud_run_v2_job.a',
          mode: 'managed',
          type: 'google_cloud_run_v2_job',
          name: 'a',
          values: { name: 'a', template: [{ template: [{}] }] },
        },
      ],
      child_modules: [],
    },
  },
  resource_changes: [
    {
      address: 'google_cloud_run_v2_job.a',
      change: { after_unknown: { id: true, template: [{ template: [{ vpc_access: true }] }] } },
    },
  ],
  configuration: {
    root_module: {
      resources: [
        {
          address: 'google_cloud_run_v2_job.a',
          expressions: { template: [{ template: [{ vpc_access: { references: ['var.x', 'module.m.o'] } }] }] },
        },
      ],
      module_calls: {
        m: { expressions: {}, module: { outputs: { o: { expression: { references: ['module.m.o'] } } } } },
      },
    },
  },
};

/** Any JSON, with what Terraform evaluates strewn in. */
const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '${',
    '${}',
    '$${a}',
    '%{if x}',
    '${a.b',
    '${local.a}',
    '${google_compute_network.a[0].id}',
    '${"${x}"}',
    '__proto__',
    '10.0.0.0/99',
  ),
  fc.array(fc.constantFrom('${local.a}', null, {}, []), { maxLength: 3 }),
);

test('answers a sound configuration, and a plan, with anything put anywhere in it', () =>
  answersAnything([SOUND, PLAN], anything, RUNS));

test('ends on locals, modules and texts that lead back to themselves', () => {
  const document = {
    locals: { a: '${local.b}', b: '${local.a}' },
    resource: {
      google_compute_network: {
        a: { name: '${google_compute_network.b.name}' },
        b: { name: '${google_compute_network.a.name}${local.a}' },
      },
    },
  };
  expect(prove([{ name: 'circular', document }]).problems).toEqual([]);
  expect(prove([{ name: 'plan', document: PLAN }]).verdict).toBe('open');
});

test('refuses what is too deep, and what is no document of Terraform’s', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  const codes = (document: unknown) => prove([{ name: 'x', document }]).problems.map(({ code }) => code);
  expect(codes({ resource: { google_compute_network: { a: { x: deep } } } })).toEqual(['too-deep']);
  expect(codes({ format_version: '1.2' })).toEqual(['no-resources']);
});

test('a plan of another cloud, or half a plan, closes nothing', () => {
  const plan = (extra: object) => ({ ...PLAN, ...extra });
  for (const document of [
    plan({ complete: false }),
    plan({ errored: true }),
    { resource: { aws_vpc: { a: {} } } },
    { module: { m: { source: './m' } } },
  ])
    expect(prove([{ name: 'x', document }]).verdict).not.toBe('closed');
});
