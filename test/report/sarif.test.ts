import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import type { Log, Result, Run } from 'sarif';
import { CLAIMS, prove, type ProveOptions } from '../../lib/proof';
import { sarif } from '../../lib/report';
import { referenceStack } from '../proof/reference-stack';
import { UDP_OUT, closedCell, group, nat, propertiesOf } from '../proof/templates';

const official = join(dirname(require.resolve('@microsoft/jest-sarif')), 'schemas/sarif-2.1.0-rtm.5.json');
// It names draft 4 of JSON Schema, and uses nothing that draft 7 reads otherwise but the keyword of its own id.
const draft7 = JSON.parse(
  readFileSync(official, 'utf8').replace('draft-04', 'draft-07').replace('"id": "https://raw', '"$id": "https://raw'),
) as object;
const valid = new Ajv({ strict: false, validateFormats: false, logger: false, unicodeRegExp: false }).compile(draft7);

const silent = closedCell();
propertiesOf(silent, 'Vpc').EnableDnsSupport = false;
const leaking = { ...silent, ...nat(), Group: group([UDP_OUT]) };
const named = structuredClone(silent);
propertiesOf(named, 'Service').NetworkConfiguration = {
  AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'DISABLED' },
};

/** The one run of a template's SARIF, checked against the official schema; its text has a line for each property. */
function runOf(resources: object, options: ProveOptions = {}, name = 'stacks/Agent.template.json'): Run {
  const document = { Resources: resources };
  const report = prove([{ name, document }], options);
  const sources = [{ name, uri: name, text: JSON.stringify(document, null, 1) }];
  const log = JSON.parse(sarif({ report, claims: CLAIMS, sources, version: '1.2.3' })) as Log;
  valid(log);
  expect(valid.errors).toBeNull();
  const [run] = log.runs;
  if (!run) throw new Error('no run');
  return run;
}

const lineOf = (resources: object, pattern: RegExp) =>
  JSON.stringify({ Resources: resources }, null, 1)
    .split('\n')
    .findIndex((line) => pattern.test(line)) + 1;

function only(results: readonly Result[] | undefined): Result {
  const [result, ...others] = results ?? [];
  if (!result || others.length > 0) throw new Error(`expected one result, got ${JSON.stringify(results, null, 1)}`);
  return result;
}

test('the official schema refuses what is no SARIF', () => {
  expect(valid({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
});

test('each claim is a rule with its reason and the attack it answers, also where nothing is found', () => {
  const { tool, results } = runOf(silent);
  expect(results).toEqual([]);
  expect(tool.driver.rules?.map(({ id }) => id)).toEqual(CLAIMS.map(({ id }) => id));
  for (const [index, { says, attack }] of CLAIMS.entries()) {
    expect(tool.driver.rules?.[index]?.help?.text).toContain(says);
    expect(tool.driver.rules?.[index]?.help?.markdown).toContain(attack);
  }
});

test('an open path is an error at the line that its change is about, and a code flow hop by hop', () => {
  const { message, level, ruleId, locations, codeFlows, partialFingerprints } = only(runOf(leaking).results);
  expect({ level, ruleId }).toEqual({ level: 'error', ruleId: 'ip' });
  expect(message.text).toContain('To close it: remove the rule Group SecurityGroupEgress\\[0\\].');
  const startLine = lineOf(leaking, /"SecurityGroupEgress"/) + 1; // the first element of the list
  expect(locations?.[0]?.physicalLocation).toMatchObject({
    artifactLocation: { uri: 'stacks/Agent.template.json', uriBaseId: '%SRCROOT%' },
    region: { startLine },
  });
  const hops = codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
  expect(hops.map(({ location }) => location?.logicalLocations?.[0]?.fullyQualifiedName)).toEqual(
    prove([{ name: 't', document: { Resources: leaking } }])
      .findings.find(({ verdict }) => verdict === 'open')
      ?.path.map(({ id }) => id),
  );
  expect(hops.length).toBeGreaterThan(3);
  expect(hops[0]?.location?.physicalLocation?.region?.startLine).toBe(lineOf(leaking, /"NetworkConfiguration"/));
  expect(partialFingerprints).toEqual({ primaryLocationLineHash: expect.stringMatching(/^ip-[0-9a-f]{16}$/) });
});

test('what is unproven is a warning with the facts that are missing', () => {
  const { results } = runOf(named);
  expect(results?.map(({ level }) => level)).toEqual(['warning', 'warning']);
  expect(results?.[1]?.message.text).toContain("(--assume 'endpoints(subnet-1)')");
});

test('an accepted finding is suppressed with its reason; a stale entry is told as an error', () => {
  const [open] = prove([{ name: 't', document: { Resources: leaking } }]).findings.filter(
    ({ verdict }) => verdict === 'open',
  );
  const { id, workload, claim, destination } = open ?? ({} as Record<string, never>);
  const entry = { id, workload, claim, destination, reason: 'until the mirror stands' };
  const stale = { ...entry, id: 'ip-0000000000000000' };
  const run = runOf(leaking, { baseline: { baseline: 1, accepted: [entry, stale] } });
  expect(only(run.results).suppressions).toEqual([
    { kind: 'external', status: 'accepted', justification: 'until the mirror stands' },
  ]);
  expect(run.invocations?.[0]?.toolExecutionNotifications).toMatchObject([
    { level: 'error', descriptor: { id: 'baseline-stale' } },
  ]);
});

test('ids of a template make no link, no argument and no change of direction in a message', () => {
  const hostile = '[fix](https://attacker.example) {0} \u202e';
  const resources = structuredClone(leaking) as Record<string, unknown>;
  resources[hostile] = resources.Group;
  delete resources.Group;
  const renamed = JSON.parse(JSON.stringify(resources).replaceAll('{"Ref":"Group"}', JSON.stringify({ Ref: hostile })));
  const { message, codeFlows } = only(runOf(renamed).results);
  const texts = [
    message.text,
    ...(codeFlows?.[0]?.threadFlows[0]?.locations ?? []).map((one) => one.location?.message?.text),
  ];
  expect(texts.join()).toContain('\\[fix\\](https://attacker.example) {{0}} \\\\u202e');
  for (const text of texts) expect(text).not.toMatch(/(?<!\\)\[|\u202e|(?<!\{)\{\d/);
});

test('every finding of a whole broken stack is valid SARIF and has a line', () => {
  const resources = Object.fromEntries(
    Object.entries(referenceStack()).filter(([, { Type }]) => !/Firewall|SecurityGroupEgress/.test(Type)),
  );
  const { results } = runOf(resources);
  expect(results?.length).toBeGreaterThan(0);
  for (const { locations } of results ?? [])
    expect(locations?.[0]?.physicalLocation?.region?.startLine).toBeGreaterThan(1);
});
