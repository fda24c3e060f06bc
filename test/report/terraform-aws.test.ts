import type { Log } from 'sarif';
import { baselineOf, claimTexts, prove, type Report } from '../../lib/proof';
import { page, sarif } from '../../lib/report';
import '../../lib/testing';
import { planned, written } from '../proof/terraform/forms';
import { MUTATIONS } from '../proof/terraform/mutations';
import { referenceConfiguration } from '../proof/terraform/reference';

/*
 * What a report is used for, over AWS in Terraform: each use once.
 */

const AGENT = 'aws_ecs_task_definition.agent';
const stack = referenceConfiguration();
const open = referenceConfiguration();
MUTATIONS.find(({ protection }) => protection === 'the agent’s group admits nothing')?.remove(open);
const [sound, loosened] = [stack, open].map(({ resource, data }) => written(resource, data));
const judged = (document: unknown, options = {}): Report => prove([{ name: 'cdk.tf.json', document }], options);
const report = judged(loosened);

test('toConfine takes what cdktf synthesizes, and the agent by its address or its construct', () => {
  for (const agent of [undefined, AGENT, 'agent']) {
    expect(sound).toConfine(agent);
    expect(JSON.stringify(loosened)).not.toConfine(agent);
  }
});

test('an agent is named by its address, or by its service’s', () => {
  const { resource, data } = referenceConfiguration();
  for (const task of Object.values(resource.aws_ecs_task_definition ?? {})) delete task.tags;
  const kinds = (agents: readonly string[]) =>
    judged(written(resource, data), { agents, proxies: ['aws_ecs_service.proxy'] }).workloads.map(({ id, kind }) => [
      id,
      kind,
    ]);
  const expected = [
    [AGENT, 'agent'],
    ['aws_ecs_task_definition.proxy', 'proxy'],
  ];
  expect(kinds([AGENT])).toEqual(expected);
  expect(kinds(['aws_ecs_service.agent'])).toEqual(expected);
});

test('a fact, and what a data source says, can be stated', () => {
  const { resource, data } = referenceConfiguration();
  const config = resource.aws_route53_resolver_firewall_config?.agents ?? {};
  config.firewall_fail_open = '${data.aws_ssm_parameter.mode.value}';
  const document = written(resource, data);
  const id = 'data.aws_ssm_parameter.mode.value=';
  expect(judged(document).verdict).toBe('unproven');
  expect(judged(document).findings.flatMap(({ missing = [] }) => missing.map((fact) => fact.id))).toContain(id);
  expect(judged(document, { assume: [`${id}DISABLED`] }).verdict).toBe('closed');
  expect(judged(document, { assume: [`${id}ENABLED`] }).verdict).toBe('open');
  delete config.firewall_fail_open;
  const fact = 'value(aws_route53_resolver_firewall_config.agents.firewall_fail_open)';
  expect(judged(written(resource, data), { assume: [fact] })).toMatchObject({ verdict: 'closed', assumed: [fact] });
});

test('a baseline accepts what is found, and is stale when it is gone', () => {
  const { accepted } = baselineOf(report.findings);
  const baseline = { baseline: 1, accepted: accepted.map((one) => ({ ...one, reason: 'It is known.' })) };
  expect(judged(loosened, { baseline }).remaining).toBe('closed');
  expect(judged(sound, { baseline }).lapsed.map(({ why }) => why)).toContain('stale');
});

test('SARIF points at the rule inside its group', () => {
  const text = JSON.stringify(loosened, null, 1);
  const source = { name: 'cdk.tf.json', uri: 'stacks/cdk.tf.json', text };
  const log = JSON.parse(sarif({ report, claims: claimTexts(report), sources: [source], version: '1.2.3' })) as Log;
  const [result] = log.runs[0]?.results?.filter(({ ruleId }) => ruleId === 'inbound') ?? [];
  const line = result?.locations?.[0]?.physicalLocation?.region?.startLine ?? 0;
  expect(
    text
      .split('\n')
      .slice(line - 1, line + 3)
      .join(''),
  ).toMatch(/"protocol": "-1"/);
});

test('a page draws its network and the way in', () => {
  const html = page({ report, claims: claimTexts(report), templates: ['cdk.tf.json'], version: '1.2.3' });
  expect(html).toContain('aws_vpc.agents');
  expect(html).toContain('aws_security_group.agent.ingress[0]');
});

test('a plan of both clouds has both judged', () => {
  const google = {
    google_cloud_run_v2_job: { job: { name: 'job', template: [{ template: [{}] }] } },
  };
  const both = judged(planned({ ...open.resource, ...google }, open.data));
  expect(both.workloads.map(({ id, kind }) => [id, kind])).toEqual([
    [AGENT, 'agent'],
    ['aws_ecs_task_definition.proxy', 'proxy'],
    ['google_cloud_run_v2_job.job', 'agent'],
  ]);
  expect(both.types.unknown).toEqual({});
  const google_ip = both.findings.filter(({ workload, claim }) => workload.startsWith('google_') && claim === 'ip');
  expect(google_ip.map(({ verdict }) => verdict)).toContain('open');
  // What isn’t the other cloud’s own changes nothing there.
  const names = (one: Report) =>
    one.findings.filter(({ workload }) => workload === AGENT).map(({ id, verdict }) => [id, verdict]);
  expect(names(both)).toEqual(names(judged(planned(open.resource, open.data))));
});
