import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeNetworkPeering } from '@cdktf/provider-google/lib/compute-network-peering';
import { ComputeRoute } from '@cdktf/provider-google/lib/compute-route';
import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { ComputeRegionInstanceTemplate } from '@cdktf/provider-google/lib/compute-region-instance-template';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { AgentJob, type SecureAgent } from '../../lib/gcp';
import { add, type Change, drop, type Row, set } from './changes';

const JOB = 'Agent/Job';
const RUN = 'template.template';
const DENY = 'Network/Firewall/deny-egress-v4';
const SINK = 'Network/Names/everything-else';
const TEMPLATE = 'Proxy/Machines/Template';
const project = 'acme-agents';
const region = 'europe-west1';

/** Past the network. */
const STRAIGHT: readonly Row[] = [
  [
    'private ranges only',
    'agent-egress-private-only',
    'got "PRIVATE_RANGES_ONLY"',
    set(JOB, `${RUN}.vpc_access.egress`, 'PRIVATE_RANGES_ONLY'),
  ],
  ['egress left out', 'agent-egress-private-only', 'got "none"', set(JOB, `${RUN}.vpc_access.egress`, null)],
  ['no VPC', 'agent-without-vpc', 'got no VPC', set(JOB, `${RUN}.vpc_access`, null)],
  [
    'a bucket',
    'agent-mount',
    'got one of kind "gcs"',
    set(JOB, `${RUN}.volumes.1`, { name: 'b', gcs: { bucket: 'anyones' } }),
  ],
];

const ROUTES: readonly Row[] = [
  [
    'default routes kept',
    'default-route',
    "the platform's own kept",
    set('Network/Network', 'delete_default_routes_on_create', false),
  ],
  ['a route', 'agent-route', 'test/R: expected no route', route('R', '0.0.0.0/0')],
  ['a route to Google’s APIs', 'agent-route', 'test/G: expected no route', route('G', '199.36.153.8/30')],
  [
    'a NAT',
    'agent-way-out',
    'got one for agents too',
    add('N', (stack, { network }) => {
      const router = new ComputeRouter(stack, 'N', { name: 'r', project, region, network: network.network.id });
      new ComputeRouterNat(stack, 'T', {
        name: 'n',
        project,
        region,
        router: router.name,
        natIpAllocateOption: 'AUTO_ONLY',
        sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
      });
    }),
  ],
  [
    'a peering',
    'agent-way-out',
    'google_compute_network_peering',
    add('P', (stack, { network }) => {
      const peerNetwork = 'projects/o/global/networks/o';
      new ComputeNetworkPeering(stack, 'P', { name: 'p', network: network.network.id, peerNetwork });
    }),
  ],
  [
    'access to Google',
    'agent-google-access',
    "everybody's buckets",
    set('Network/Agents', 'private_ip_google_access', true),
  ],
  ['IPv6', 'ipv6-on', 'got stack_type "IPV4_IPV6"', set('Network/Agents', 'stack_type', 'IPV4_IPV6')],
  [
    'an endpoint of Google’s APIs',
    'agent-way-out',
    'google_compute_global_forwarding_rule',
    add('E', (stack, { network }) => {
      const common = { name: 'e', project, network: network.network.id, ipAddress: '10.99.0.1' };
      new ComputeGlobalForwardingRule(stack, 'E', { ...common, target: 'all-apis', loadBalancingScheme: '' });
    }),
  ],
];

const RULES: readonly Row[] = [
  ['no deny rule', 'deny-missing', 'denies EGRESS for 0.0.0.0/0', drop(DENY)],
  ['a disabled rule', 'firewall-disabled', 'got disabled: true', set(DENY, 'disabled', true)],
  ['a deny rule for tcp', 'deny-not-all', 'got some only', set(DENY, 'deny', [{ protocol: 'tcp' }])],
  [
    'a deny rule for a tag',
    'deny-targets-tag',
    'whoever has no tag is then let out',
    set(DENY, 'target_tags', ['agent']),
  ],
  [
    'a rule that beats the deny',
    'agent-egress-open',
    'allows 0.0.0.0/0',
    add('F', (stack, { network }) => {
      new ComputeFirewall(stack, 'F', {
        name: 'f',
        project,
        network: network.network.id,
        direction: 'EGRESS',
        priority: 900,
        allow: [{ protocol: 'all' }],
        destinationRanges: ['0.0.0.0/0'],
      });
    }),
  ],
  [
    'a wider window',
    'agent-egress-open',
    'got a rule that allows 10.0.0.0/8',
    set('Network/Firewall/agent-to-window', 'destination_ranges', ['10.0.0.0/8']),
  ],
  [
    'policies before the rules',
    'policy-first',
    'would come before the deny rules',
    set('Network/Network', 'network_firewall_policy_enforcement_order', 'BEFORE_CLASSIC_FIREWALL'),
  ],
  [
    'another tag',
    'agent-untagged',
    'expected the tag "agent"',
    set(JOB, `${RUN}.vpc_access.network_interfaces.0.tags.0`, 'agents'),
  ],
];

const NAMES: readonly Row[] = [
  ['no sink', 'dns-open', 'answers "*." with nothing', drop(SINK)],
  [
    'a sink of another network',
    'dns-open',
    'answers "*." with nothing',
    set('Network/Names/Policy', 'networks.0.network_url', 'projects/o/global/networks/o'),
  ],
  [
    'other name servers',
    'dns-other-servers',
    'asks no response policy',
    set('Network/Names/Log', 'alternative_name_server_config', {
      target_name_servers: [{ ipv4_address: '203.0.113.53' }],
    }),
  ],
  ['a narrower sink', 'dns-open', 'answers "*." with nothing', set(SINK, 'dns_name', '*.com.')],
];

const IDENTITY: readonly Row[] = [
  [
    'the default account',
    'agent-default-account',
    'may do almost everything',
    set(JOB, `${RUN}.service_account`, null),
  ],
  [
    'a role for the agent',
    'agent-has-role',
    'got "roles/storage.objectAdmin"',
    granted(
      (stack, member) => new ProjectIamMember(stack, 'I', { project, role: 'roles/storage.objectAdmin', member }),
    ),
  ],
  [
    'the right to read a secret',
    'agent-has-role',
    'got "roles/secretmanager.secretAccessor"',
    granted((stack, member) => {
      const role = 'roles/secretmanager.secretAccessor';
      new SecretManagerSecretIamMember(stack, 'S', { secretId: 'key', project, role, member });
    }),
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
    'a public invoker',
    'invoker-public',
    'test/J: expected named callers, got everyone',
    add('J', (stack, { workload }) => {
      const name = workload instanceof AgentJob ? workload.job.name : '';
      const role = 'roles/run.invoker';
      new CloudRunV2JobIamMember(stack, 'J', { name, project, location: region, role, member: 'allUsers' });
    }),
  ],
  [
    'the right to speak as the proxy',
    'agent-has-role',
    'got "roles/iam.serviceAccountTokenCreator"',
    add('A', (stack, { proxy, workload }) => {
      const role = 'roles/iam.serviceAccountTokenCreator';
      const { member } = workload.account;
      new ServiceAccountIamMember(stack, 'A', { serviceAccountId: proxy.identity.account.name, role, member });
    }),
  ],
];

const PROXY: readonly Row[] = [
  [
    'a door for anyone',
    'door-open',
    'got "ACCEPT_AUTOMATIC"',
    set('Window/Door', 'connection_preference', 'ACCEPT_AUTOMATIC'),
  ],
  ['a public address', 'machine-public', 'even an empty one', set(TEMPLATE, 'network_interface.0.access_config', [{}])],
  [
    'agents let in by their tag',
    'firewall-source-blind',
    'neither matches traffic of Cloud Run',
    set('Egress/Firewall/proxy-from-agents', 'source_tags', ['agent']),
  ],
  [
    'a key in user-data',
    'secret-in-metadata',
    'got something shaped like a key (not shown)',
    add('U', (_, { proxy }) => {
      const template = proxy.machines.node.findChild('Template');
      if (!(template instanceof ComputeRegionInstanceTemplate)) throw new Error('expected the machines’ template');
      const metadata = template.metadataInput ?? {};
      const userData = `${metadata['user-data'] ?? ''}# sk-ant-${'x'.repeat(40)}\n`;
      template.addOverride('metadata', { ...metadata, 'user-data': userData });
    }),
  ],
  [
    'an image by tag',
    'image-not-pinned',
    'can be moved to other bytes',
    set(JOB, `${RUN}.containers.0.image`, 'images.example/coder:latest'),
  ],
];

/**
 * Valid changes that open the boundary, or break it in silence: neither Terraform nor a scanner objects to one. Two more are
 * of a service alone: ingress for all, and the invoker check off.
 */
export const OPENINGS: readonly Row[] = [...STRAIGHT, ...ROUTES, ...RULES, ...NAMES, ...IDENTITY, ...PROXY];

function route(id: string, destRange: string): Change {
  return add(id, (stack, { network }) => {
    const nextHopGateway = 'default-internet-gateway';
    new ComputeRoute(stack, id, { name: 'r', project, network: network.network.id, destRange, nextHopGateway });
  });
}

function granted(make: (stack: Parameters<Change['make']>[0], member: string) => unknown): Change {
  return add(String(make), (stack, { workload }: SecureAgent) => void make(stack, workload.account.member));
}
