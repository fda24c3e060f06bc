import type { Log } from 'sarif';
import { claimTexts, prove } from '../../lib/proof';
import { page, sarif } from '../../lib/report';
import '../../lib/testing';
import { referenceResources } from '../proof/gcp/reference';

const provider = { google: [{ project: 'acme-agents', region: 'europe-west1' }] };
const sound = { provider, resource: referenceResources() };
const loosened = structuredClone(sound);
for (const job of Object.values(loosened.resource['google_cloud_run_v2_job'] ?? {}))
  // The shape that the provider's schema gives it.
  delete (job.template as { template: Record<string, unknown> }).template['vpc_access'];
const report = prove([{ name: 'cdk.tf.json', document: loosened }]);

const workload = report.workloads.find(({ kind }) => kind === 'agent')?.id ?? '';
const construct = /\.([A-Za-z]+)/.exec(workload)?.[1] ?? '';

test('toConfine takes what cdktf synthesizes, as text and as a document, and the agent by address and by construct', () => {
  for (const read of [JSON.stringify, (document: object) => document]) {
    for (const agent of [undefined, workload, construct]) {
      expect(read(sound)).toConfine(agent);
      expect(read(loosened)).not.toConfine(agent);
    }
  }
});

test('the construct is known by a part of the address', () => {
  expect(construct.length).toBeGreaterThan(2);
  expect(workload).toMatch(/^google_cloud_run_v2_job\./);
});

test('SARIF points at the block of the configuration, or of the property that lets it through', () => {
  const text = JSON.stringify(loosened, null, 1);
  const source = { name: 'cdk.tf.json', uri: 'stacks/cdk.tf.json', text };
  const log = JSON.parse(sarif({ report, claims: claimTexts(report), sources: [source], version: '1.2.3' })) as Log;
  const [result] = log.runs[0]?.results?.filter(({ ruleId }) => ruleId === 'ip') ?? [];
  const { region } = result?.locations?.[0]?.physicalLocation ?? {};
  const block = text.split('\n').findIndex((line) => line.includes('"google_cloud_run_v2_job"')) + 1;
  expect(block).toBeGreaterThan(1);
  expect(region?.startLine).toBeGreaterThan(block);
  expect(region?.startLine).toBeLessThan(block + 120);
});

test('a page draws its network and every way out', () => {
  const html = page({ report, claims: claimTexts(report), templates: ['cdk.tf.json'], version: '1.2.3' });
  const open = report.findings.filter(({ verdict }) => verdict === 'open');
  expect(open.length).toBeGreaterThan(2);
  expect(html).toContain(`<h1>${open.length} ways out are open</h1>`);
  const [network] = prove([{ name: 'cdk.tf.json', document: sound }]).workloads.flatMap(({ kind, places = [] }) =>
    kind === 'agent' ? places.flatMap(({ networks }) => networks) : [],
  );
  expect(network).toContain('google_compute_network.');
  const whole = prove([{ name: 'cdk.tf.json', document: sound }]);
  expect(page({ report: whole, claims: claimTexts(report), templates: ['t'], version: '1' })).toContain(
    `<text class="name" x="24" y="34">${network?.slice(0, 35)}`,
  );
});

test('its claims speak of Google Cloud, not of what AWS has', () => {
  const texts = claimTexts(report).map(({ says, attack }) => `${says} ${attack}`);
  expect(texts.join('\n')).toContain('metadata server');
  expect(texts.filter((text) => /\b(?:ECS|ecs:|169\.254\.170\.2|security group|subnet, group)/.test(text))).toEqual([]);
});

test('over workloads of both clouds each claim is told for both, and of AWS alone for AWS', () => {
  const both = claimTexts({
    workloads: [...report.workloads, ...report.workloads.map((one) => ({ ...one, cloud: 'aws' as const }))],
  });
  const inbound = both.find(({ id }) => id === 'inbound')?.attack;
  expect(inbound).toMatch(/ECS Exec.* On Google Cloud: .*calls its service without a name/);
  expect(claimTexts({ workloads: [] }).find(({ id }) => id === 'inbound')?.attack).not.toContain('Google Cloud');
});
