import { readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Ajv from 'ajv/dist/2020';
import type { Log } from 'sarif';
import { sealedCell } from '../proof/sealed-cell';
import { closedCell, group, nat, propertiesOf, UDP_OUT } from '../proof/templates';
import { anchorhold, temporaryDirectory } from './session';

const directory = temporaryDirectory();

function file(name: string, document: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

/** What the cell lacks to be closed by every claim: names that go nowhere. */
const silent = closedCell();
propertiesOf(silent, 'Vpc').EnableDnsSupport = false;
const closed = file('closed.json', { Resources: silent });
const open = file('open.json', { Resources: { ...silent, ...nat(), Group: group([UDP_OUT]) } });
const named = structuredClone(silent);
propertiesOf(named, 'Service').NetworkConfiguration = {
  AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'DISABLED' },
};
const unproven = file('unproven.json', { Resources: named });

test('prove exits 0 when all is closed, 1 when something is open, 3 when a fact is missing', async () => {
  expect(await anchorhold(['prove', closed])).toMatchObject({ exit: 0, err: '' });
  expect((await anchorhold(['prove', open])).exit).toBe(1);
  expect((await anchorhold(['prove', unproven])).exit).toBe(3);
});

test('prove prints an open path hop by hop, with the property of each hop and one change', async () => {
  const { out } = await anchorhold(['prove', open]);
  expect(out).toContain('  open      ip ');
  expect(out).toContain(
    '  from Service  (NetworkConfiguration)\n    → Group  (SecurityGroupEgress[0] (UDP 53))\n    → Subnet  (Table)\n    → Default  (DestinationCidrBlock 0.0.0.0/0)\n    → Nat ',
  );
  expect(out).toContain('  change: remove the rule Group SecurityGroupEgress[0]\n');
});

test('prove tells which fact is missing, and takes it by --assume', async () => {
  const { out } = await anchorhold(['prove', unproven]);
  const facts = [...out.matchAll(/--assume '([^']+)'/g)].map((match) => match[1] ?? '');
  expect(facts).toContain('endpoints(subnet-1)');
  const assumed = await anchorhold(['prove', unproven, ...[...new Set(facts)].flatMap((fact) => ['--assume', fact])]);
  expect(assumed.exit).toBe(0);
  expect(assumed.out).toContain('assumed: ');
});

test('prove says that an assumption was not needed', async () => {
  expect((await anchorhold(['prove', closed, '--assume', 'routes(gone)'])).out).toContain(
    'out of date or misspelt: routes(gone)',
  );
});

test('prove reads YAML with short forms, standard input, and every template of a directory', async () => {
  const yaml =
    'Resources:\n  Vpc: { Type: AWS::EC2::VPC }\n  Task: { Type: AWS::ECS::TaskDefinition, Properties: { Family: !Sub "${Vpc}-x" } }\n';
  expect((await anchorhold(['prove', file('t.yaml', yaml)])).out).toContain('agent Task: unproven');
  expect((await anchorhold(['prove', '-'], { input: yaml })).out).toContain('agent Task: unproven');
  mkdirSync(join(directory, 'cdk.out'), { recursive: true });
  file('cdk.out/One.template.json', { Resources: silent });
  file('cdk.out/Two.template.json', { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } });
  expect((await anchorhold(['prove', join(directory, 'cdk.out')])).out).toContain(
    'agent One.template.json/Task: closed',
  );
});

test('prove reads what a merge key brings, and refuses a short form that it doesn’t know', async () => {
  const service = (subnets: string) =>
    `Common: &common { LaunchType: EC2 }\nResources:\n  Service: { Type: AWS::ECS::Service, Properties: { <<: *common, TaskDefinition: !Ref Task, NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ${subnets} } } } }\n  Task: { Type: AWS::ECS::TaskDefinition }\n`;
  expect((await anchorhold(['prove', file('merged.yaml', service('[]'))])).out).toContain('LaunchType EC2');
  const { exit, err } = await anchorhold(['prove', file('unknown.yaml', service('!Somewhere subnet-1'))]);
  expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('got one at line 3 that isn’t known') });
});

test.each([
  [
    ['prove', join(directory, 'gone.json')],
    'got nothing there; give a path, or - for standard input [template-unreadable]',
  ],
  [['prove', file('empty.json', {})], 'expected an object "Resources", got none'],
  [
    ['prove', file('text.json', 'a: 1\nb: [')],
    ', line 2: expected a template in JSON or YAML, got text that is neither [not-a-document]',
  ],
  [
    ['prove', file('null.json', 'null')],
    'expected a template of CloudFormation or Terraform, got no object [not-a-template]',
  ],
  [['prove', closed, '--port', '0'], '--port: expected a number from 1 to 65535, got "0" [port-malformed]'],
  [['prove', closed, '--agent', 'Nobody'], '--agent Nobody: expected the logical id of a task definition or service'],
])('prove refuses %j with exit 2', async (argv, message) => {
  const { exit, err, out } = await anchorhold(argv);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(message);
});

const proxied = sealedCell();
(propertiesOf(proxied, 'ProxyGroup').SecurityGroupEgress as object[]).push({
  ...{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443 },
});
const withProxy = file('proxied.json', { Resources: proxied });
const policy = file(
  'policy.yaml',
  'policy: 1\nname: coder\nupstreams: [{ host: files.example.com, port: 8443, rules: any }]\n',
);

test('prove reads what the proxy may dial from its policy', async () => {
  expect((await anchorhold(['prove', withProxy])).exit).toBe(1);
  expect(await anchorhold(['prove', withProxy, '--policy', policy])).toMatchObject({ exit: 0, err: '' });
});

test.each([
  [file('unsound.yaml', 'policy: 1\nname: coder\nupstreams: [{ host: "*" }]\n'), 'unsound.yaml: '],
  [join(directory, 'gone.yaml'), '[policy-unreadable]'],
])('prove refuses a policy that isn’t sound, %s, with exit 2: nothing is proven of it', async (path, message) => {
  const { exit, err, out } = await anchorhold(['prove', withProxy, '--policy', path]);
  expect({ exit, out }).toEqual({ exit: 2, out: '' });
  expect(err).toContain(message);
});

test('prove reads standard input once', async () => {
  const { exit, err } = await anchorhold(['prove', '-', '--policy', '-'], { input: '{}' });
  expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('[stdin-twice]') });
});

test('prove refuses an id that may be several workloads, and lists them', async () => {
  const [one, other] = ['first.json', 'second.json'].map((name) => file(name, { Resources: silent }));
  const { exit, err } = await anchorhold(['prove', String(one), String(other), '--agent', 'Task']);
  expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('first.json/Task or second.json/Task') });
  expect((await anchorhold(['prove', String(one), String(other), '--agent', 'first.json/Task'])).exit).toBe(0);
});

test('prove takes a service for an agent by its logical id', async () => {
  expect((await anchorhold(['prove', closed, '--agent', 'Service'])).out).toContain('agent Task: closed\n');
});

test.each([[closed], [open], [unproven]])('prove --json of %s is one document of its schema', async (path) => {
  const { out, err } = await anchorhold(['prove', path, '--json']);
  expect(err).toBe('');
  expect(out.split('\n')).toHaveLength(2);
  const schema = JSON.parse(readFileSync(join(__dirname, '../../schemas/prove.schema.json'), 'utf8')) as object;
  const check = new Ajv({ strict: false }).compile(schema);
  check(JSON.parse(out));
  expect(check.errors).toBeNull();
  check({ ...(JSON.parse(out) as object), verdict: 'perhaps' });
  expect(check.errors).not.toBeNull();
});

test('prove writes a baseline that is refused until its reasons are filled; then it exits 0 and tells them', async () => {
  const path = join(directory, 'accepted.yaml');
  expect((await anchorhold(['prove', open, '--write-baseline', path])).exit).toBe(1);
  const refused = await anchorhold(['prove', open, '--baseline', path]);
  expect(refused).toMatchObject({ exit: 2, out: '' });
  expect(refused.err).toContain(`${path}: baseline.accepted[0].reason: expected why this is accepted`);
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('reason: ""', 'reason: until the mirror stands'));
  const { exit, out } = await anchorhold(['prove', open, '--baseline', path]);
  expect(exit).toBe(0);
  expect(out).toContain('  accepted: until the mirror stands\n  id: ip-');
  expect(out).toContain('\nopen: 1 open, 0 unproven, ');
  expect(out).toContain(', of which 1 accepted\n');
});

test('prove exits 4 when all is closed and an entry of the baseline is stale, 1 when it has expired', async () => {
  const [{ out }] = [await anchorhold(['prove', open, '--json'])];
  const found = (JSON.parse(out) as { findings: { verdict: string }[] }).findings.find(
    ({ verdict }) => verdict === 'open',
  );
  const { id, workload, claim, destination } = found as unknown as Record<string, string>;
  const accepted = [{ id, workload, claim, destination, reason: 'known', until: '2000-01-01' }];
  const path = file('old.yaml', { baseline: 1, accepted });
  const stale = await anchorhold(['prove', closed, '--baseline', path]);
  expect(stale.exit).toBe(4);
  expect(stale.out).toContain(`baseline, stale: ${id} (ip, Task → the internet (IPv4)): no finding is this one`);
  const expired = await anchorhold(['prove', open, '--baseline', path]);
  expect(expired.exit).toBe(1);
  expect(expired.out).toContain(`baseline, expired: ${id}`);
});

test('prove never writes a baseline over a file that is there', async () => {
  const path = file('reasons.yaml', 'mine');
  const { exit, err } = await anchorhold(['prove', open, '--write-baseline', path]);
  expect({ exit, text: readFileSync(path, 'utf8') }).toEqual({ exit: 2, text: 'mine' });
  expect(err).toContain('[file-exists]');
});

test.each([
  ['gone', join(directory, 'gone.yaml'), '[baseline-unreadable]'],
  ['no YAML', file('no.yaml', '{'), '[not-a-document]'],
  ['a key twice', file('twice.yaml', 'baseline: 1\naccepted: []\naccepted: []\n'), '[not-a-document]'],
])('prove refuses a baseline that is %s', async (_what, path, code) => {
  const { exit, err } = await anchorhold(['prove', open, '--baseline', path]);
  expect(exit).toBe(2);
  expect(err).toContain(code);
});

test('prove writes SARIF beside its table, with the file as it was named and a line', async () => {
  const path = join(directory, 'found.sarif');
  const { exit, out } = await anchorhold(['prove', open, '--sarif', path]);
  expect(exit).toBe(1);
  expect(out).toContain('agent Task: open');
  const log = JSON.parse(readFileSync(path, 'utf8')) as Log;
  const [result] = log.runs[0]?.results ?? [];
  expect(result?.locations?.[0]?.physicalLocation).toMatchObject({
    artifactLocation: { uri: pathToFileURL(open).href },
    region: { startLine: 1 },
  });
});

test.each([['--html'], ['--sarif']])(
  'prove %s replaces what an earlier run wrote, and no other file',
  async (option) => {
    const [path, template] = [join(directory, `again${option}`), file(`kept${option}.json`, { Resources: silent })];
    for (let time = 0; time < 2; time += 1) expect((await anchorhold(['prove', open, option, path])).exit).toBe(1);
    const { exit, err } = await anchorhold(['prove', open, option, template]);
    expect(exit).toBe(2);
    expect(err).toContain('which holds something else [file-not-ours]');
    expect(JSON.parse(readFileSync(template, 'utf8'))).toEqual({ Resources: silent });
  },
);

test('prove refuses to write where it can’t, and leaves nothing', async () => {
  const { exit, err } = await anchorhold(['prove', open, '--sarif', join(directory, 'none', 'x.sarif')]);
  expect(exit).toBe(2);
  expect(err).toContain('--sarif: expected a file that can be written');
});

test('prove tells someone who waits what it does and wrote, and a script nothing', async () => {
  const page = join(directory, 'proof.html');
  const watched = await anchorhold(['prove', open, '--html', page], { interactive: true });
  expect(watched.err).toBe(`judging ${open}\nwrote ${page}\n`);
  expect(readFileSync(page, 'utf8')).toContain('<h1>1 way out is open</h1>');
  expect((await anchorhold(['prove', open, '--html', page])).err).toBe('');
});

test('prove --help names every option, every exit code and examples', async () => {
  const { out, exit } = await anchorhold(['prove', '--help']);
  expect(exit).toBe(0);
  for (const option of [
    'agent',
    'proxy',
    'policy',
    'assume',
    'port',
    'baseline',
    'write-baseline',
    'html',
    'sarif',
    'json',
  ])
    expect(out).toContain(`--${option} `);
  expect(out).toContain('0 all closed or accepted, 1 open, 3 unproven, 4 an entry of the baseline');
  expect(out).toContain('  anchorhold prove cdk.out --html proof.html');
  expect(out).toContain("--assume 'elsewhere(sg-1)'");
  expect(out).not.toContain('(default: [])');
});

test('prove --json with a baseline is a document of its schema too: accepted, stale, and where a workload runs', async () => {
  const first = JSON.parse((await anchorhold(['prove', open, '--json'])).out) as { findings: Record<string, string>[] };
  const [{ id, workload, claim, destination } = {}] = first.findings.filter(({ verdict }) => verdict === 'open');
  const entry = { id, workload, claim, destination, reason: 'known', until: '2999-12-31' };
  const path = file('json.yaml', { baseline: 1, accepted: [entry, { ...entry, id: 'ip-0000000000000000' }] });
  const { out, exit } = await anchorhold(['prove', open, '--baseline', path, '--json']);
  const written: unknown = JSON.parse(out);
  expect({ exit, written }).toMatchObject({
    exit: 4,
    written: {
      verdict: 'open',
      remaining: 'closed',
      lapsed: [{ id: 'ip-0000000000000000', why: 'stale' }],
      workloads: [{ places: [{ by: 'Service', networks: ['Vpc'], subnets: ['Subnet'] }] }],
    },
  });
  const schema = JSON.parse(readFileSync(join(__dirname, '../../schemas/prove.schema.json'), 'utf8')) as object;
  const check = new Ajv({ strict: false }).compile(schema);
  check(written);
  expect(check.errors).toBeNull();
});
