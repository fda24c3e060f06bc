import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '../../lib/envoy';
import { filesOfUserData } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { prove, type Report } from '../../lib/proof';
import { type Life, live, synthesize } from './cycle';
import { expectedList, plannedList, plannedResources } from './planned';
import { at, type Json } from './stack';

const ROOT = join(__dirname, '../..');
/** Lives at once: each spends most of its time on one core. */
const AT_ONCE = 2;
const PROGRAMS: readonly (readonly [program: string, policies: readonly string[]])[] = [
  ['bin/gcp.ts', ['examples/gcp-minimal/policy.yaml']],
  ['examples/gcp-minimal/app.ts', ['examples/gcp-minimal/policy.yaml']],
  ['examples/gcp-existing-network/app.ts', ['examples/gcp-existing-network/policy.yaml']],
  ['examples/gcp-vertex/app.ts', ['examples/gcp-vertex/policy.yaml']],
  ['examples/gcp-tool/app.ts', ['examples/gcp-tool/policy.yaml']],
  ['examples/gcp-two-agents/app.ts', ['examples/gcp-two-agents/writer.yaml', 'examples/gcp-two-agents/reader.yaml']],
];
/** Shapes of keys, and what the synthesizing process had in its environment. */
const KEYS = /\bsk-[A-Za-z0-9_-]{8,}|\bgh[pousr]_[A-Za-z0-9]{16,}|\bAIza[A-Za-z0-9_-]{30,}|PRIVATE KEY|canary-[a-z]+/;

interface Example {
  /** As it was synthesized. */
  readonly written: string;
  readonly life: Life;
}

const examples = new Map<string, Example>();
beforeAll(async () => {
  const programs = PROGRAMS.map(([program]) => program);
  const { folders, remove } = synthesize(programs, { ANTHROPIC_API_KEY: 'canary-model', GIT_TOKEN: 'canary-git' });
  const waiting = programs.entries();
  const work = async (): Promise<void> => {
    for (const [index, program] of waiting) {
      const folder = folders[index] ?? '';
      const written = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
      examples.set(program, { written, life: await live(folder) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  remove();
}, 900_000);

describe.each(PROGRAMS)('%s', (program, policies) => {
  let life: Life;
  let written = '';
  beforeAll(() => {
    const example = examples.get(program);
    if (!example) throw new Error(`${program} had no life`);
    ({ life, written } = example);
  });

  test('is made, leaves nothing to do, has its drift seen and healed, and is taken down whole', () => {
    const steps = Object.entries(life.steps);
    const expected = (step: string): number => (step === 'plan after the drift' ? 2 : 0);
    const failed = steps
      .filter(([step, { code }]) => code !== expected(step))
      .map(([step, { out }]) => `${step}: ${out}`);
    expect(failed).toEqual([]);
    expect(steps).toHaveLength(9);
    expect(life.left).toBe(0);
  });

  test('has both hands’ changes in the plan after the drift: rules in force again, names sunk again', () => {
    const { out } = life.steps['plan after the drift'] ?? { out: '' };
    expect(out).toMatch(/disabled\s+= true -> false/);
    expect(out).toMatch(/google_dns_response_policy_rule\.\S+ will be created/);
  });

  test('has no secret in its state, in its plan or in what the machines carry', () => {
    const carried = machines(life.state).map((userData) => Object.values(filesOfUserData(userData)).join('\n'));
    expect(carried).toHaveLength(policies.length);
    for (const text of [life.state, life.plan, ...carried]) expect(KEYS.exec(text)?.[0]).toBeUndefined();
    // It is the state that was read.
    expect(life.state).toContain('--authority-seed');
  });

  test('carries through Terraform, byte for byte, what compile() gives', () => {
    const carried = machines(life.state).map(filesOfUserData);
    const bootstraps = carried.map((files) => files['/run/anchorhold/envoy.json']);
    const expected = policies.map((path) => compile(definePolicy(readFileSync(join(ROOT, path), 'utf8'))).bootstrap);
    expect(bootstraps.sort()).toEqual(expected.sort());
  });

  test('has at plan time what a proof needs: where agents’ traffic goes, rules, addresses', () => {
    const planned = plannedResources(life.plan);
    const workloads = planned.filter(({ values }) =>
      /"anchorhold-workload":"agent"/.test(JSON.stringify(values.labels ?? {})),
    );
    // Whatever else runs is a tool, which is outside the boundary.
    expect(workloads.length).toBeGreaterThan(0);
    for (const { values } of workloads)
      expect(JSON.stringify(values)).toMatch(/"egress":"ALL_TRAFFIC".*"network":"[a-z-]+"/);
    const windows = planned.filter(
      ({ type, values }) => type === 'google_compute_firewall' && JSON.stringify(values.target_tags) === '["agent"]',
    );
    for (const { values } of windows)
      expect(values.destination_ranges).toEqual([expect.stringMatching(/^[\d.]+\/32$/)]);
    expect(windows.length).toBe(policies.length);
  });

  test('is proved closed as it is written, planned and made, but for a network that it doesn’t hold', () => {
    const reports = [written, life.plan, life.shown].map((text) => judged(text));
    for (const report of reports) {
      const rest = report.findings.filter(({ verdict }) => verdict !== 'closed');
      expect(rest.flatMap(({ missing }) => missing?.map(({ id }) => id) ?? ['open'])).toEqual(rest.map(() => HUB));
      expect(rest.map(({ claim }) => claim)).toEqual(rest.map(() => 'proxy'));
      expect(rest.length > 0).toBe(program.includes('existing-network'));
      expect(report.workloads.filter(({ kind }) => kind === 'agent')).toHaveLength(policies.length);
    }
    for (const text of [written, life.plan, life.shown]) expect(judged(text, [HUB]).verdict).toBe('closed');
  });

  test('makes exactly what is listed', () => {
    expect(plannedList(life.plan)).toBe(listed(program, life));
  });
});

/** What expected.txt says; the reference stack is the minimal example, with nobody who may start it. */
function listed(program: string, { plan }: Life): string {
  if (program !== 'bin/gcp.ts') return expectedList(join(ROOT, dirname(program), 'expected.txt'), plan);
  const minimal = readFileSync(join(ROOT, 'examples/gcp-minimal/expected.txt'), 'utf8');
  return minimal.replace(/^google_cloud_run_v2_job_iam_member .*\n/m, '');
}

/** The one thing that an example leaves to its user: what the proxy's own network is joined to. */
const HUB = 'subnet(projects/acme-net/regions/europe-west1/subnetworks/egress)';

function judged(text: string, assume: readonly string[] = []): Report {
  return prove([{ name: 'document', document: JSON.parse(text) as unknown }], { assume });
}

/** user-data of every machine template in a state. */
function machines(state: string): string[] {
  const document = JSON.parse(state) as Json; // Terraform's own file
  const resources = at(document, 'resources');
  const all = Array.isArray(resources) ? resources : [];
  return all
    .filter((one) => at(one, 'type') === 'google_compute_region_instance_template')
    .map((one) => String(at(one, 'instances', 0, 'attributes', 'metadata', 'user-data')));
}
