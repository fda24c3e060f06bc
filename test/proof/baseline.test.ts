import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { baselineOf, CLAIM_IDS, CLAIMS, type Finding, prove, type ProveOptions } from '../../lib/proof';
import { ALL_OUT, UDP_OUT, closedCell, finding, group, judged, nat, propertiesOf } from './templates';

/** Names go nowhere and nothing but the way by IP is open. */
function silentCell() {
  const cell = closedCell();
  propertiesOf(cell, 'Vpc').EnableDnsSupport = false;
  return cell;
}

const leaking = { ...silentCell(), ...nat(), Group: group([UDP_OUT]) };
const open = finding(judged(leaking), 'ip', 'IPv4');

function entry(of: Finding, more: object = {}) {
  const { id, workload, claim, destination } = of;
  return { id, workload, claim, destination, reason: 'agents fetch data sets until the mirror stands', ...more };
}

function withBaseline(accepted: readonly object[], options: ProveOptions = {}, resources: object = leaking) {
  const document = { Resources: resources };
  return prove([{ name: 'test', document }], { baseline: { baseline: 1, accepted }, ...options });
}

test('an accepted finding stays open, with its reason, and what remains is closed', () => {
  const report = withBaseline([entry(open)]);
  expect(report).toMatchObject({ verdict: 'open', remaining: 'closed', lapsed: [], problems: [] });
  expect(finding(report, 'ip', 'IPv4')).toEqual({ ...open, accepted: { reason: entry(open).reason } });
});

test('without the entry it remains open', () => {
  expect(withBaseline([])).toMatchObject({ verdict: 'open', remaining: 'open' });
});

test('an entry for what is closed now is stale', () => {
  const { verdict, lapsed } = withBaseline([entry(open)], {}, silentCell());
  expect({ verdict, lapsed }).toMatchObject({ verdict: 'closed', lapsed: [{ id: open.id, why: 'stale' }] });
});

test.each([
  ['a way for other packets', { Group: group([{ ...UDP_OUT, ToPort: 54 }]) }],
  ['a way through another resource', { Group: group([]), Rule: egressRule() }],
])('%s is another finding: the entry is stale and the finding remains', (_what, change) => {
  const report = withBaseline([entry(open)], {}, { ...leaking, ...change });
  expect(report).toMatchObject({ verdict: 'open', remaining: 'open', lapsed: [{ why: 'stale' }] });
});

function egressRule() {
  return { Type: 'AWS::EC2::SecurityGroupEgress', Properties: { GroupId: { Ref: 'Group' }, ...ALL_OUT } };
}

test('a rule’s place in its list is not part of the finding', () => {
  const moved = { ...leaking, Group: group([{ ...UDP_OUT, CidrIp: '10.9.9.9/32' }, UDP_OUT]) };
  expect(finding(judged(moved), 'ip', 'IPv4').id).toBe(open.id);
});

test.each(['workload', 'claim', 'destination'])('an entry whose %s is another’s accepts nothing', (field) => {
  const other = { workload: 'Other', claim: 'dns', destination: 'elsewhere' }[field];
  expect(withBaseline([entry(open, { [field]: other })])).toMatchObject({
    remaining: 'open',
    lapsed: [{ why: 'stale' }],
  });
});

test.each([
  ['2027-01-31', '2027-01-31', 'closed', []],
  ['2027-01-31', '2027-02-01', 'open', [{ why: 'expired' }]],
  ['2027-01-31', undefined, 'open', [{ why: 'expired' }]],
])('an entry until %s read on %s leaves %s', (until, today, remaining, lapsed) => {
  expect(withBaseline([entry(open, { until })], { today })).toMatchObject({ remaining, lapsed });
});

test('what baselineOf writes accepts nothing until each reason is filled, and keeps reasons that were', () => {
  const written = baselineOf(judged(leaking).findings);
  const refused = prove([{ name: 'test', document: { Resources: leaking } }], { baseline: written });
  expect(refused.problems.map(({ code }) => code)).toEqual(['baseline-reason-empty']);
  expect(refused.remaining).toBe('open');
  const filled = { ...written, accepted: written.accepted.map((one) => ({ ...one, reason: 'known' })) };
  const report = prove([{ name: 'test', document: { Resources: leaking } }], { baseline: filled });
  expect(report.remaining).toBe('closed');
  expect(baselineOf(report.findings)).toEqual(filled);
});

const MALFORMED: [string, unknown, string][] = [
  ['no mapping', [], 'baseline: expected a mapping with "baseline: 1" and "accepted", got none [baseline-malformed]'],
  ['another version', { baseline: 2, accepted: [] }, 'baseline.baseline: expected 1, got 2 [baseline-version]'],
  ['no list', { baseline: 1 }, 'baseline.accepted: expected a list, got nothing [baseline-malformed]'],
  [
    'a further field',
    { baseline: 1, accepted: [], all: true },
    'baseline.all: expected only "baseline" and "accepted"',
  ],
  ['an entry that is text', one('all'), 'baseline.accepted[0]: expected a mapping with id, workload'],
  ['no id', one(entry(open, { id: '' })), 'baseline.accepted[0].id: expected the id that the report prints'],
  ['a claim nobody makes', one(entry(open, { claim: '*' })), 'baseline.accepted[0].claim: expected one of ip, dns'],
  ['a blank reason', one(entry(open, { reason: ' ' })), 'expected why this is accepted, in words, got nothing'],
  ['a day that is none', one(entry(open, { until: '2027-02-30' })), 'got "2027-02-30" [baseline-until-malformed]'],
  ['an unknown field', one(entry(open, { verdict: 'closed' })), 'baseline.accepted[0].verdict: expected only id'],
];

function one(accepted: unknown) {
  return { baseline: 1, accepted: [accepted] };
}

const schema = JSON.parse(readFileSync(join(__dirname, '../../schemas/baseline.schema.json'), 'utf8')) as object;
const bySchema = new Ajv({ strict: false, formats: { date: (day: string) => !day.endsWith('02-30') } }).compile(schema);

test.each(MALFORMED)('a baseline with %s is refused by its schema and in a sentence', (_what, baseline, message) => {
  const report = prove([{ name: 'test', document: { Resources: silentCell() } }], { baseline });
  expect(report.problems.map((problem) => problem.message).join('\n')).toContain(message);
  expect(report.verdict).toBe('unproven');
  expect(bySchema(baseline)).toBe(false);
});

test('a sound baseline is one by its schema', () => {
  expect(bySchema(one(entry(open, { until: '2027-01-31' })))).toBe(true);
});

test('the same finding twice, or a day to read it on that is none, is refused', () => {
  const codes = (report: ReturnType<typeof prove>) => report.problems.map(({ code }) => code);
  expect(codes(withBaseline([entry(open), entry(open)]))).toEqual(['baseline-twice']);
  expect(codes(withBaseline([entry(open)], { today: 'tomorrow' }))).toEqual(['today-malformed']);
});

test('every list of claims is the same: of the code, of both schemas', () => {
  const report = JSON.parse(readFileSync(join(__dirname, '../../schemas/prove.schema.json'), 'utf8')) as {
    $defs: { claim: { enum: string[] } };
  };
  const accepted = schema as { properties: { accepted: { items: { properties: { claim: { enum: string[] } } } } } };
  const ids = CLAIMS.map(({ id }) => id).sort();
  expect([...CLAIM_IDS].sort()).toEqual(ids);
  expect([...report.$defs.claim.enum].sort()).toEqual(ids);
  expect([...accepted.properties.accepted.items.properties.claim.enum].sort()).toEqual(ids);
});
