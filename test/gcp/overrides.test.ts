import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ComputeNetworkPeering } from '@cdktf/provider-google/lib/compute-network-peering';
import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { DnsPolicy } from '@cdktf/provider-google/lib/dns-policy';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { TerraformResource, type TerraformStack } from 'cdktf';
import { AgentJob, AgentService, PinnedImage, type SecureAgent } from '../../lib/gcp';
import { agentStack, failure, IMAGE } from './stack';

/** A change to a sound stack; two of one place can't be made at once. */
interface Change {
  readonly place: string;
  readonly make: (stack: TerraformStack, agent: SecureAgent) => void;
}

/** Overrides one setting of the resource at a path below the agent. */
function set(path: string, key: string, value: unknown): Change {
  const make = (_: TerraformStack, agent: SecureAgent): void => {
    const found = path.split('/').reduce<SecureAgent['node']['scope']>((at, id) => at?.node.findChild(id), agent);
    if (!TerraformResource.isTerraformResource(found)) throw new Error(`no resource at ${path}`);
    found.addOverride(key, value);
  };
  return { place: `${path} ${key}`, make };
}

/** Adds a resource beside the agent. */
function add(id: string, make: Change['make']): Change {
  return { place: id, make };
}

const JOB = 'Agent/Job';
const RUN = 'template.template';
const DENY = 'Network/Firewall/deny-egress-v4';
const project = 'acme-agents';

/** Change → its code and a part of its sentence. All are valid Terraform; the first ten pass the real provider's plan too. */
const CHANGES: readonly (readonly [string, string, string, Change])[] = [
  ['a rule with two ends', 'firewall-two-ends', 'got both', set(DENY, 'source_ranges', ['10.0.0.0/8'])],
  ['a range that can’t be', 'cidr-invalid', 'got "10.0.0.0/99"', set(DENY, 'destination_ranges', ['10.0.0.0/99'])],
  [
    'host bits in a subnet',
    'cidr-invalid',
    'got "10.10.0.5/24"',
    set('Network/Agents', 'ip_cidr_range', '10.10.0.5/24'),
  ],
  [
    'a connector beside the network',
    'agent-connector',
    'got a connector beside it',
    set(JOB, `${RUN}.vpc_access.connector`, 'projects/p/locations/l/connectors/c'),
  ],
  ['a listener with two targets', 'listener-two-targets', 'got both', set('Proxy/Front/Listener', 'target', 'x')],
  ['all ports beside some', 'listener-all-ports', 'got all_ports', set('Proxy/Front/Listener', 'all_ports', true)],
  ['a preference that isn’t one', 'door-open', 'got "ACCEPT"', set('Window/Door', 'connection_preference', 'ACCEPT')],
  [
    'a limit of another kind',
    'agent-limits',
    'got gpu',
    set(JOB, `${RUN}.containers.0.resources.limits`, { gpu: '1' }),
  ],
  [
    'a missing tag',
    'agent-untagged',
    'expected the tag "agent"',
    set(JOB, `${RUN}.vpc_access.network_interfaces.0.tags.0`, 'agents'),
  ],
  ['a disabled rule', 'firewall-disabled', 'got disabled: true', set(DENY, 'disabled', true)],
  ['a deny rule for tcp', 'deny-not-all', 'got some only', set(DENY, 'deny', [{ protocol: 'tcp' }])],
  [
    'a deny rule for a tag',
    'deny-targets-tag',
    'whoever has no tag is then let out',
    set(DENY, 'target_tags', ['agent']),
  ],
  [
    'a source by tag',
    'firewall-source-blind',
    'neither matches traffic of Cloud Run',
    set('Network/Firewall/deny-ingress-v4', 'source_tags', ['agent']),
  ],
  [
    'private ranges only',
    'agent-egress-private-only',
    'got "PRIVATE_RANGES_ONLY"',
    set(JOB, `${RUN}.vpc_access.egress`, 'PRIVATE_RANGES_ONLY'),
  ],
  ['egress left out', 'agent-egress-private-only', 'got "none"', set(JOB, `${RUN}.vpc_access.egress`, null)],
  ['no VPC', 'agent-without-vpc', 'got no VPC', set(JOB, `${RUN}.vpc_access`, null)],
  [
    'another subnet',
    'agent-other-subnet',
    'got another',
    set(JOB, `${RUN}.vpc_access.network_interfaces.0.subnetwork`, 'default'),
  ],
  [
    'the default account',
    'agent-default-account',
    'may do almost everything',
    set(JOB, `${RUN}.service_account`, null),
  ],
  [
    'a bucket',
    'agent-mount',
    'got one of kind "gcs"',
    set(JOB, `${RUN}.volumes.1`, { name: 'b', gcs: { bucket: 'anyones' } }),
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
    'a secret in the environment',
    'agent-has-secret',
    'got a secret in "KEY"',
    set(JOB, `${RUN}.containers.0.env.0`, {
      name: 'KEY',
      value_source: { secret_key_ref: { secret: 'key', version: '1' } },
    }),
  ],
  [
    'an image by tag',
    'image-not-pinned',
    'can be moved to other bytes',
    set(JOB, `${RUN}.containers.0.image`, 'images.example/coder:latest'),
  ],
  [
    'default routes kept',
    'default-route',
    "the platform's own kept",
    set('Network/Network', 'delete_default_routes_on_create', false),
  ],
  [
    'policies before the rules',
    'policy-first',
    'would come before the deny rules',
    set('Network/Network', 'network_firewall_policy_enforcement_order', 'BEFORE_CLASSIC_FIREWALL'),
  ],
  [
    'access to Google',
    'agent-google-access',
    "everybody's buckets",
    set('Network/Agents', 'private_ip_google_access', true),
  ],
  ['IPv6', 'ipv6-on', 'got stack_type "IPV4_IPV6"', set('Network/Agents', 'stack_type', 'IPV4_IPV6')],
  [
    'a wider window',
    'agent-egress-open',
    'got a rule that allows 10.0.0.0/8',
    set('Network/Firewall/agent-to-window', 'destination_ranges', ['10.0.0.0/8']),
  ],
  [
    'a narrower sink',
    'dns-open',
    'answers "*." with nothing',
    set('Network/Names/everything-else', 'dns_name', '*.com.'),
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
    'a public address',
    'machine-public',
    'even an empty one',
    set('Proxy/Machines/Template', 'network_interface.0.access_config', [{}]),
  ],
  [
    'a key in metadata',
    'secret-in-metadata',
    'got something shaped like a key (not shown)',
    set('Proxy/Machines/Template', 'metadata.note', `sk-ant-${'x'.repeat(40)}`),
  ],
  [
    'a route',
    'agent-route',
    'got one',
    add(
      'R',
      (stack, { network }) =>
        void new ComputeRoute(stack, 'R', {
          name: 'r',
          project,
          network: network.network.id,
          destRange: '0.0.0.0/0',
          nextHopGateway: 'default-internet-gateway',
        }),
    ),
  ],
  [
    'a peering',
    'agent-way-out',
    'google_compute_network_peering',
    add(
      'P',
      (stack, { network }) =>
        void new ComputeNetworkPeering(stack, 'P', {
          name: 'p',
          network: network.network.id,
          peerNetwork: 'projects/o/global/networks/o',
        }),
    ),
  ],
  [
    'a rule that beats the deny',
    'agent-egress-open',
    'allows 0.0.0.0/0',
    add(
      'F',
      (stack, { network }) =>
        void new ComputeFirewall(stack, 'F', {
          name: 'f',
          project,
          network: network.network.id,
          direction: 'EGRESS',
          priority: 900,
          allow: [{ protocol: 'all' }],
          destinationRanges: ['0.0.0.0/0'],
        }),
    ),
  ],
  [
    'other name servers',
    'dns-other-servers',
    'asks no response policy',
    add(
      'D',
      (stack, { network }) =>
        void new DnsPolicy(stack, 'D', {
          name: 'd',
          project,
          networks: [{ networkUrl: network.network.id }],
          alternativeNameServerConfig: { targetNameServers: [{ ipv4Address: '203.0.113.53' }] },
        }),
    ),
  ],
  [
    'a role for the agent',
    'agent-has-role',
    'got "roles/storage.objectAdmin"',
    add(
      'I',
      (stack, { workload }) =>
        void new ProjectIamMember(stack, 'I', {
          project,
          role: 'roles/storage.objectAdmin',
          member: workload.account.member,
        }),
    ),
  ],
  [
    'a public invoker',
    'invoker-public',
    'got everyone',
    add(
      'J',
      (stack, { workload }) =>
        void new CloudRunV2JobIamMember(stack, 'J', {
          name: workload instanceof AgentJob ? workload.job.name : '',
          project,
          location: 'europe-west1',
          role: 'roles/run.invoker',
          member: 'allUsers',
        }),
    ),
  ],
];

/** As few stacks as there must be: a stack takes every change whose place no other of it holds. */
function batches(): Change[][] {
  const found: Change[][] = [];
  for (const [, , , change] of CHANGES) {
    const free = found.find((batch) => batch.every((other) => !clash(other.place, change.place)));
    if (free) free.push(change);
    else found.push([change]);
  }
  return found;
}

function clash(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** What synth says after some changes to a sound stack, a line each. */
function after(changes: readonly Change[]): readonly string[] {
  const { stack, agent } = agentStack();
  for (const { make } of changes) make(stack, agent);
  return failure(() => stack.runAllValidations()).split('\n');
}

const said = new Map<Change, readonly string[]>();
for (const batch of batches()) {
  const lines = after(batch);
  for (const change of batch) said.set(change, lines);
}

test('says nothing of a sound stack', () => {
  expect(after([])).toEqual(['']);
});

test.each(CHANGES)('refuses %s [%s]', (_, code, sentence, change) => {
  const lines = said.get(change)?.filter((line) => line.includes(sentence)) ?? [];
  expect(lines.join('\n')).toContain(`[${code}]`);
});

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
