import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudRunV2JobIamPolicy } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-policy';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { TerraformResource, type TerraformStack } from 'cdktf';
import { AgentJob, AgentService, PinnedImage, type SecureAgent } from '../../lib/gcp';
import { between, table } from '../proof/marked';
import { add, after, refusals, type Row, set } from './changes';
import { MISTAKES } from './mistakes';
import { OPENINGS } from './openings';
import { agentStack, failure, IMAGE } from './stack';

const JOB = 'Agent/Job';
const RUN = 'template.template';
const project = 'acme-agents';

/** What else must not be said after all. */
const OTHERS: readonly Row[] = [
  [
    'another subnet',
    'agent-other-subnet',
    'got another',
    set(JOB, `${RUN}.vpc_access.network_interfaces.0.subnetwork`, 'default'),
  ],
  [
    'a share',
    'agent-mount',
    'got one of kind "nfs"',
    set(JOB, `${RUN}.volumes.1`, { name: 'b', nfs: { server: '10.0.0.1', path: '/' } }),
  ],
  [
    'a mounted secret',
    'agent-mount',
    'an agent holds none',
    set(JOB, `${RUN}.volumes.1`, { name: 's', secret: { secret: 'key' } }),
  ],
  [
    'a deny rule for some addresses',
    'deny-missing',
    'denies EGRESS for 0.0.0.0/0',
    set('Network/Firewall/deny-egress-v4', 'destination_ranges.0', '203.0.113.0/24'),
  ],
  [
    'a router without a translation',
    'agent-way-out',
    'got one that translates for nobody',
    add('Q', (stack, { network }) => {
      new ComputeRouter(stack, 'Q', { name: 'q', project, region: 'europe-west1', network: network.network.id });
    }),
  ],
  [
    'everyone on the whole project',
    'invoker-public',
    'test/W: expected named callers',
    add('W', (stack) => {
      new ProjectIamMember(stack, 'W', { project, role: 'roles/run.invoker', member: 'allAuthenticatedUsers' });
    }),
  ],
  [
    'everyone in a policy',
    'invoker-public',
    'test/V: expected named callers',
    add('V', (stack, { workload }) => {
      const name = workload instanceof AgentJob ? workload.job.name : '';
      const policyData = JSON.stringify({ bindings: [{ role: 'roles/run.invoker', members: ['allUsers'] }] });
      new CloudRunV2JobIamPolicy(stack, 'V', { name, project, location: 'europe-west1', policyData });
    }),
  ],
  [
    'a door for the whole project',
    'door-open',
    'a whole project',
    set('Window/Door', 'consumer_accept_lists', [{ project_id_or_num: 'p', connection_limit: 1 }]),
  ],
  [
    'a door that keeps old callers',
    'door-keeps-old',
    'stay connected',
    set('Window/Door', 'reconcile_connections', false),
  ],
  [
    'an external listener',
    'listener-external',
    'scheme "EXTERNAL"',
    set('Proxy/Front/Listener', 'load_balancing_scheme', 'EXTERNAL'),
  ],
  [
    'a key in metadata',
    'secret-in-metadata',
    'got something shaped like a key (not shown)',
    set('Proxy/Machines/Template', 'metadata.note', `sk-ant-${'x'.repeat(40)}`),
  ],
];

const DOCS = join(__dirname, '../../docs/gcp.md');
const said = refusals([...MISTAKES, ...OPENINGS, ...OTHERS]);

function refused([, code, sentence, change]: Row): void {
  const lines = said.get(change)?.filter((line) => line.includes(sentence)) ?? [];
  expect(lines.join('\n')).toContain(`[${code}]`);
  // Where it is, what was expected, what was got, how to mend it.
  for (const line of lines.filter((one) => one.includes(`[${code}]`)))
    expect(line).toMatch(/^ *\[\S+\] \S+: expected .+, got .+; .+ \[[a-z0-9-]+\]$/);
}

test('says nothing of a sound stack', () => {
  expect(after([])).toEqual(['']);
  expect(failure(() => agentStack({ topology: 'sharedVpc' }).stack.runAllValidations())).toBe('');
});

describe('a mistake that the real provider accepts', () => {
  test('is one of ten', () => expect(MISTAKES).toHaveLength(10));
  test.each(MISTAKES)('is refused: %s [%s]', (...row) => refused(row));
});

describe('a valid change that opens the boundary', () => {
  test('is one of 35, beside two of a service', () => expect(OPENINGS).toHaveLength(35));
  test.each(OPENINGS)('is refused: %s [%s]', (...row) => refused(row));
});

test.each(OTHERS)('refuses %s [%s]', (...row) => refused(row));

test('the table in the docs is this (UPDATE_DOCS=1 writes it)', () => {
  const kinds = [
    ['a mistake the real provider takes', MISTAKES],
    ['valid, and opens or breaks it', OPENINGS],
    ['besides', OTHERS],
  ] as const;
  const rows = kinds.flatMap(([kind, list]) => list.map(([what, code]) => [what, `\`${code}\``, kind]));
  const text = readFileSync(DOCS, 'utf8');
  const written = between(text, 'gcp-refusals', table(['after an escape hatch', 'refused as', 'what it is'], rows));
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});

test.each(['service', 'workerPool'] as const)('refuses of a %s what it refuses of a job', (kind) => {
  const { stack, agent } = agentStack({ kind });
  open(agent, {
    'template.vpc_access.egress': 'PRIVATE_RANGES_ONLY',
    'template.service_account': null,
    'template.volumes.1': { name: 'b', gcs: { bucket: 'anyones' } },
    'template.containers.0.env.0': {
      name: 'KEY',
      value_source: { secret_key_ref: { secret: 'key', version: '1' } },
    },
    'template.containers.0.image': 'images.example/coder:latest',
  });
  const message = failure(() => stack.runAllValidations());
  for (const code of [
    'agent-egress-private-only',
    'agent-default-account',
    'agent-mount',
    'agent-has-secret',
    'image-not-pinned',
  ])
    expect(message).toContain(`[${code}]`);
  const second = agentStack({ kind });
  open(second.agent, { 'template.vpc_access': null });
  expect(failure(() => second.stack.runAllValidations())).toContain('[agent-without-vpc]');
});

function open(agent: SecureAgent, overrides: Readonly<Record<string, unknown>>): void {
  const resource = agent.workload.node.children.find(
    (child) => TerraformResource.isTerraformResource(child) && /cloud_run/.test(child.terraformResourceType),
  );
  if (!TerraformResource.isTerraformResource(resource)) throw new Error('expected a workload');
  for (const [key, value] of Object.entries(overrides)) resource.addOverride(key, value);
}

test('refuses a translation for agents in one shared network', () => {
  const { stack } = agentStack({ topology: 'sharedVpc' });
  findNat(stack).addOverride('source_subnetwork_ip_ranges_to_nat', 'ALL_SUBNETWORKS_ALL_IP_RANGES');
  expect(failure(() => stack.runAllValidations())).toContain('got one for agents too');
  const listed = agentStack({ topology: 'sharedVpc' });
  findNat(listed.stack).addOverride('subnetwork.0.name', listed.agent.network.subnetwork.id);
  expect(failure(() => listed.stack.runAllValidations())).toContain('[agent-way-out]');
});

function findNat(stack: TerraformStack): TerraformResource {
  const found = stack.node
    .findAll()
    .find(
      (one) => TerraformResource.isTerraformResource(one) && one.terraformResourceType === 'google_compute_router_nat',
    );
  if (!TerraformResource.isTerraformResource(found)) throw new Error('expected a NAT');
  return found;
}

test('refuses to let everyone start runs or call', () => {
  const { stack, agent } = agentStack();
  const { network, proxy, window } = agent;
  const image = PinnedImage.fromRegistry(IMAGE);
  const job = new AgentJob(stack, 'J', { name: 'other', network, proxy, window, image });
  const service = new AgentService(stack, 'S', { network, proxy, window, image });
  expect(() => job.grantRun('allUsers')).toThrow('got "allUsers": anyone could start the agent [invoker-public]');
  expect(() => service.grantInvoke('allAuthenticatedUsers')).toThrow('[invoker-public]');
  const launcher = 'serviceAccount:launcher@acme-agents.iam.gserviceaccount.com';
  job.grantRun(launcher);
  service.grantInvoke(launcher);
  expect(failure(() => stack.runAllValidations())).toBe('');
});

test('refuses a service that is opened later', () => {
  const { stack, agent } = agentStack({ kind: 'service' });
  if (!(agent.workload instanceof AgentService)) throw new Error('expected a service');
  agent.workload.service.addOverride('ingress', 'INGRESS_TRAFFIC_ALL');
  agent.workload.service.addOverride('invoker_iam_disabled', true);
  const message = failure(() => stack.runAllValidations());
  expect(message).toContain(
    'expected callers of the network alone, got ingress "INGRESS_TRAFFIC_ALL"; set it back [agent-ingress-open]',
  );
  expect(message).toContain('without the check anyone may call; set it back [invoker-public]');
});

test.each([
  [{ API: 'sk-live-0123456789abcdef' }, 'environment-secret', 'got something shaped like a key (not shown)'],
  [{ HTTPS_PROXY: 'http://evil.example' }, 'environment-ours', 'got one that leads to the proxy'],
  [{ FILE: '${file("/etc/hostname")}' }, 'environment-template', 'evaluates on the machine that deploys'],
  [{ 'A-B': 'x' }, 'environment-name', 'letters, digits and underscores'],
  [{ LONG: 'x y '.repeat(9000) }, 'environment-too-long', 'got 36000'],
])('refuses the setting %j', (environment, code, sentence) => {
  const { stack, agent } = agentStack();
  const { network, proxy, window } = agent;
  const image = PinnedImage.fromRegistry(IMAGE);
  const message = failure(
    () => new AgentJob(stack, 'J', { name: 'other', network, proxy, window, image, environment }),
  );
  expect(message).toContain(sentence);
  expect(message).toContain(`[${code}]`);
  expect(message).not.toContain('sk-live');
});

test('refuses sizes the platform doesn’t have', () => {
  const { stack, agent } = agentStack();
  const { network, proxy, window } = agent;
  const image = PinnedImage.fromRegistry(IMAGE);
  const make = (cpu: string, memory: string) => () =>
    new AgentJob(stack, `J${cpu}${memory}`, {
      name: `other-${cpu}${memory.toLowerCase()}`,
      network,
      proxy,
      window,
      image,
      cpu,
      memory,
    });
  expect(make('3', '2Gi')).toThrow('cpu: expected one of 1, 2, 4, 8, got "3" [cpu-invalid]');
  expect(make('1', '2GB')).toThrow('memory: expected a size such as "512Mi" or "2Gi", got "2GB" [memory-invalid]');
  expect(make('1', '256Mi')).toThrow('memory: expected at least 512Mi, got "256Mi" [memory-invalid]');
});
