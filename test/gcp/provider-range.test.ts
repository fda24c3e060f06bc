import { Guardrails, PROVIDER_RANGE } from '../../lib/gcp';
import { agentStack, type Json, synth, type Template } from './stack';
import { withTool } from './tool-stack';

/** Settings that some provider between 6.50 and 8 doesn't take any more: `type`, and the keys that lead there. */
const DROPPED: readonly (readonly [type: string, ...keys: string[]])[] = [
  // Deprecated: log_config says it.
  ['google_compute_subnetwork', 'enable_flow_logs'],
  // Worker pools answer nobody, and have no token to name them.
  ['google_cloud_run_v2_worker_pool', 'custom_audiences'],
  // A header of a probe has a name and a value; its port never was one.
  ['google_cloud_run_v2_job', 'http_headers', 'port'],
  ['google_cloud_run_v2_service', 'http_headers', 'port'],
  ['google_cloud_run_v2_worker_pool', 'http_headers', 'port'],
];

/** Every resource type and setting that our constructs write. */
const TEMPLATES: Readonly<Record<string, Template>> = {
  job: synth(agentStack().stack),
  service: synth(agentStack({ kind: 'service' }).stack),
  workerPool: synth(agentStack({ kind: 'workerPool', topology: 'sharedVpc' }).stack),
  tool: synth(guarded()),
};

function guarded() {
  const { stack, agent } = withTool();
  new Guardrails(stack, 'Guardrails', {
    name: 'coder',
    agents: [agent.workload.account],
    organization: '123456789012',
  });
  return stack;
}

/** Where a template has a setting that some version dropped. */
function dropped({ resource }: Pick<Template, 'resource'>): string[] {
  return DROPPED.flatMap(([type, ...keys]) =>
    Object.entries(resource[type] ?? {})
      .filter(([, settings]) => holds(settings, keys))
      .map(([name]) => `${type}.${name}: ${keys.join('.')}`),
  );
}

/** Whether the keys follow each other somewhere, with any others between. */
function holds(value: Json | Readonly<Record<string, Json>>, keys: readonly string[]): boolean {
  if (keys.length === 0) return true;
  if (typeof value !== 'object' || value === null) return false;
  const [first, ...rest] = keys;
  return Object.entries(value).some(([key, inner]: [string, Json]) => holds(inner, key === first ? rest : keys));
}

test.each(Object.entries(TEMPLATES))('a %s asks for no version but those of the range', (_, { terraform }) => {
  expect(terraform.required_providers).toEqual({ google: PROVIDER_RANGE });
  expect(PROVIDER_RANGE).toEqual({ source: 'hashicorp/google', version: '>= 6.50.0, < 9.0.0' });
});

test.each(Object.entries(TEMPLATES))('a %s has no setting that a version of the range dropped', (_, template) => {
  expect(dropped(template)).toEqual([]);
});

test.each(DROPPED)('one of %s is seen: %s', (type, ...keys) => {
  const settings = keys.reduceRight<Json>((inner, key) => ({ [key]: [inner] }), true);
  const resource = { [type]: { planted: { template: settings, name: 'planted' } } };
  expect(dropped({ resource })).toEqual([`${type}.planted: ${keys.join('.')}`]);
});

test('deletion protection is written wherever its default would keep what is destroyed', () => {
  const kinds = ['google_cloud_run_v2_job', 'google_cloud_run_v2_service', 'google_cloud_run_v2_worker_pool'];
  const found = Object.values(TEMPLATES).flatMap(({ resource }) =>
    [...kinds, 'google_secret_manager_secret'].flatMap((type) => Object.values(resource[type] ?? {})),
  );
  expect(found.length).toBeGreaterThan(6);
  for (const settings of found) expect(settings.deletion_protection).toBe(false);
});
