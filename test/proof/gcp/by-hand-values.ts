import { type ByHand, deny, inbound, rule, wayOut } from './by-hand';
import { add, agentNetwork, body, proxyNetwork, type Raw, reference, remove, type Resources, run } from './reference';

const REGION = 'europe-west1';
const network = (r: Resources) => body(r, 'compute_network', '"coder-agent"');
const agents = (r: Resources) => body(r, 'compute_subnetwork', '"coder-agents"');
const placed = (r: Resources): Raw => {
  const [only] = (run(r).vpc_access as { network_interfaces: Raw[] }).network_interfaces;
  return only ?? {};
};

/** A value that Terraform gives back as it took it, and that no document shows. */
function given(r: Resources, input: string): string {
  r.terraform_data = { Given: { input } };
  return '${terraform_data.Given.output}';
}

/** The network’s name isn’t known, and the agent names it otherwise. */
function nameless(r: Resources, name: string): void {
  placed(r).network = agentNetwork(r);
  network(r).name = name;
}

/** Only a refusal of another provider holds, which names the network and no project. */
function refusedBy(r: Resources, provider: string): void {
  wayOut(r);
  Object.assign(deny(r), { provider, network: 'coder-agent' });
  delete deny(r).project;
}

/** Two configurations of the provider, the other one of another project. */
const provider = {
  google: [
    { project: 'acme-agents', region: REGION },
    { alias: 'other', project: 'other' },
  ],
};

/** Values that only are referred to, and what a resource has of its provider. */
export const VALUES_BY_HAND: readonly ByHand[] = [
  [
    'a rule of a network by its name, where the name is another resource’s',
    (r) => (wayOut(r), rule(r, 'Wide', { network: 'prod' }), nameless(r, given(r, 'prod'))),
    { ip: 'unproven', proxy: 'unproven' },
  ],
  [
    'a rule for a tag that another resource gives',
    (r) => (wayOut(r), rule(r, 'Wide', { target_tags: [given(r, 'agent')] })),
    { ip: 'unproven' },
  ],
  [
    'an agent whose tag another resource gives',
    (r) => (wayOut(r), rule(r, 'Wide', { target_tags: ['web'] }), void (placed(r).tags = ['agent', given(r, 'web')])),
    { ip: 'unproven' },
  ],
  [
    'a route for a tag that another resource gives',
    (r) => {
      rule(r, 'Wide');
      add(r, 'compute_route', 'O', {
        ...{ name: 'o', network: agentNetwork(r), dest_range: '0.0.0.0/0', next_hop_ilb: '10.10.0.7' },
        tags: [given(r, 'agent')],
      });
    },
    { ip: 'unproven' },
  ],
  [
    'a refusal of another provider, which has another project',
    (r) => (refusedBy(r, 'google.other'), { provider }),
    { ip: 'open' },
  ],
  ['a refusal of a provider that says no project', (r) => refusedBy(r, 'google-beta'), { ip: 'unproven' }],
  [
    'a refusal of a project that is a variable’s',
    (r) => (wayOut(r), void Object.assign(deny(r), { project: '${var.p}', network: 'coder-agent' })),
    { ip: 'unproven' },
  ],
  [
    'a refusal of another project’s network, where the agents’ says no project',
    (r) => {
      wayOut(r);
      delete network(r).project;
      deny(r).network = 'projects/other/global/networks/coder-agent';
      return { provider: { google: [{ region: REGION }] } };
    },
    { ip: 'unproven' },
  ],
  [
    'a subnet of the same name in the job’s region',
    (r) => {
      network(r).delete_default_routes_on_create = false;
      rule(r, 'G', { destination_ranges: ['199.36.153.8/30'] });
      agents(r).region = 'us-central1';
      placed(r).subnetwork = 'coder-agents';
    },
    { 'cloud-api': 'unproven' },
  ],
  [
    'a translation by a router of the same name in another region',
    (r) => {
      network(r).delete_default_routes_on_create = false;
      rule(r, 'Wide');
      add(r, 'compute_router', 'Out', { name: 'out', network: proxyNetwork(r), region: 'us-central1' });
      add(r, 'compute_router_nat', 'Out', {
        ...{ name: 'out', router: 'out', region: REGION },
        source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
      });
    },
    { ip: 'unproven' },
  ],
  [
    'an agent that another resource marks',
    (r) => {
      const more = structuredClone(body(r, 'cloud_run_v2_job'));
      Object.assign(more, { name: 'more', labels: { 'anchorhold-workload': given(r, 'agent') } });
      const [template] = [(more.template as { template: Raw }).template];
      delete template.vpc_access;
      add(r, 'cloud_run_v2_job', 'More', more);
    },
    { ip: 'open', dns: 'open', 'cloud-api': 'open', secrets: 'unproven', audit: 'unproven' },
  ],
  [
    'a refusal that OpenTofu is told not to make',
    (r) => (wayOut(r), void (deny(r).lifecycle = { enabled: false })),
    { ip: 'open' },
  ],
  [
    'a refusal that OpenTofu makes if a variable says so',
    (r) => (wayOut(r), void (deny(r).lifecycle = [{ enabled: '${var.on}' }])),
    { ip: 'unproven' },
  ],
  [
    'a program that a data source runs',
    () => ({ data: { external: { X: { program: ['sh', '-c', 'true'] } } } }),
    { model: 'unproven' },
  ],
  [
    'a section that nobody knows',
    () => ({ action: { local_command: { X: { config: { command: 'true' } } } } }),
    { model: 'unproven' },
  ],
  [
    'a direction that nobody knows',
    (r) => (wayOut(r), rule(r, 'Wide', { direction: 'egress' })),
    { ip: 'unproven', inbound: 'unproven' },
  ],
  [
    'an interface that names no network and no subnet',
    (r) => {
      delete placed(r).network;
      delete placed(r).subnetwork;
    },
    {
      ip: 'unproven',
      dns: 'unproven',
      'cloud-api': 'unproven',
      inbound: 'unproven',
      neighbour: 'unproven',
      proxy: 'unproven',
    },
  ],
  [
    'an interface in a network, with a subnet of another',
    (r) => void (placed(r).subnetwork = reference(r, 'compute_subnetwork', '"10.20.0.0/24"')),
    {
      ip: 'unproven',
      dns: 'unproven',
      'cloud-api': 'unproven',
      inbound: 'unproven',
      neighbour: 'unproven',
      proxy: 'unproven',
    },
  ],
  [
    'a door whose network isn’t known',
    (r) => {
      const range = '10.0.0.0/8';
      add(r, 'compute_subnetwork', 'Any', {
        ...{ name: 'any', network: '${var.network}', ip_cidr_range: range, purpose: 'PRIVATE_SERVICE_CONNECT' },
      });
      const allow = [{ protocol: 'tcp' }];
      const both = { direction: 'INGRESS', destination_ranges: undefined, source_ranges: [range], allow };
      rule(r, 'Door', { ...both, network: proxyNetwork(r) });
    },
    { proxy: 'open' },
  ],
];

const SIX = ['::/0'];
const dual = (r: Resources): void => {
  Object.assign(agents(r), { stack_type: 'IPV4_IPV6', ipv6_access_type: 'INTERNAL' });
  rule(r, 'Six', { destination_ranges: SIX });
};

/** Addresses of both families, and names. */
export const ADDRESSES_BY_HAND: readonly ByHand[] = [
  [
    'a neighbour by its address in IPv6',
    (r) => {
      dual(r);
      add(r, 'compute_instance', 'M', {
        ...{
          name: 'm',
          tags: ['in'],
          network_interface: [{ subnetwork: reference(r, 'compute_subnetwork', '"coder-agents"') }],
        },
      });
      inbound(r, 'in');
      body(r, 'compute_firewall', '"in"').source_ranges = SIX;
    },
    { neighbour: 'unproven' },
  ],
  [
    'a load balancer with an address in IPv6',
    (r) => {
      dual(r);
      add(r, 'compute_forwarding_rule', 'L', {
        ...{ name: 'l', load_balancing_scheme: 'INTERNAL', ip_version: 'IPV6', network: agentNetwork(r) },
        subnetwork: reference(r, 'compute_subnetwork', '"coder-agents"'),
        backend_service: 'projects/x/regions/r/backendServices/b',
      });
    },
    { neighbour: 'unproven' },
  ],
  [
    'an answer to another name than the rule’s',
    (r) => {
      const data = { name: 'x.example.', ttl: 300 };
      body(r, 'dns_response_policy_rule', '"*."').local_data = {
        local_datas: [
          { ...data, type: 'A', rrdatas: ['0.0.0.0'] },
          { ...data, type: 'AAAA', rrdatas: ['::'] },
        ],
      };
    },
    { dns: 'unproven' },
  ],
  [
    'a rule that answers every name and passes it on too',
    (r) => void (body(r, 'dns_response_policy_rule', '"*."').behavior = 'bypassResponsePolicy'),
    { dns: 'unproven' },
  ],
  [
    'a permission of a policy that says no protocol',
    (r) => {
      wayOut(r);
      network(r).network_firewall_policy_enforcement_order = 'BEFORE_CLASSIC_FIREWALL';
      const firewall_policy = '${google_compute_network_firewall_policy.P.name}';
      add(r, 'compute_network_firewall_policy', 'P', { name: 'p' });
      add(r, 'compute_network_firewall_policy_association', 'P', {
        ...{ name: 'p', firewall_policy, attachment_target: agentNetwork(r) },
      });
      add(r, 'compute_network_firewall_policy_rule', 'P', {
        ...{ firewall_policy, action: 'allow', direction: 'EGRESS', priority: 1 },
        match: { dest_ip_ranges: ['0.0.0.0/0'] },
      });
    },
    { ip: 'unproven' },
  ],
  [
    'a machine with an address of the internet’s by its subnet',
    (r) => {
      remove(r, 'cloud_run_v2_job', '"coder-job"');
      Object.assign(agents(r), { stack_type: 'IPV4_IPV6', ipv6_access_type: 'EXTERNAL' });
      network(r).delete_default_routes_on_create = false;
      rule(r, 'Six', { destination_ranges: SIX });
      add(r, 'compute_instance', 'A', {
        ...{ name: 'a', labels: { 'anchorhold-workload': 'agent' }, tags: ['agent'] },
        network_interface: [
          { subnetwork: reference(r, 'compute_subnetwork', '"coder-agents"'), stack_type: 'IPV4_IPV6' },
        ],
      });
    },
    { ip: 'unproven', audit: 'open' },
  ],
  [
    'a machine that sends with any address reaches who admits others',
    (r) => {
      remove(r, 'cloud_run_v2_job', '"coder-job"');
      rule(r, 'L', { destination_ranges: ['10.10.0.0/24'] });
      const subnetwork = reference(r, 'compute_subnetwork', '"coder-agents"');
      add(r, 'compute_instance', 'A', {
        ...{ name: 'a', labels: { 'anchorhold-workload': 'agent' }, tags: ['agent'], can_ip_forward: true },
        network_interface: [{ subnetwork }],
      });
      add(r, 'compute_instance', 'M', { name: 'm', tags: ['in'], network_interface: [{ subnetwork }] });
      inbound(r, 'in');
      body(r, 'compute_firewall', '"in"').source_ranges = ['10.77.0.0/16'];
    },
    { neighbour: 'open', audit: 'open' },
  ],
];

/** A policy after the network’s own rules refuses what these refused before. */
function refusing(r: Resources, more: Raw): void {
  wayOut(r);
  remove(r, 'compute_firewall', 'coder-agent-deny-egress-v4');
  policy(r, { action: 'deny', ...more });
}

function policy(r: Resources, more: Raw): void {
  const firewall_policy = '${google_compute_network_firewall_policy.P.name}';
  add(r, 'compute_network_firewall_policy', 'P', { name: 'p' });
  add(r, 'compute_network_firewall_policy_association', 'P', {
    ...{ name: 'p', firewall_policy, attachment_target: agentNetwork(r) },
  });
  add(r, 'compute_network_firewall_policy_rule', 'P', {
    ...{ firewall_policy, action: 'allow', direction: 'EGRESS', priority: 1 },
    match: { dest_ip_ranges: ['0.0.0.0/0'], layer4_configs: [{ ip_protocol: 'all' }] },
    ...more,
  });
}

function service(r: Resources, more: Raw = {}): void {
  const Agent = {
    ...{ project: 'acme-agents', name: 'svc', location: REGION, labels: { 'anchorhold-workload': 'agent' } },
    ...{ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', template: run(r), ...more },
  };
  r.google_cloud_run_v2_service = { Agent };
}

/** Policies of firewalls, services and their callers. */
export const SERVICES_BY_HAND: readonly ByHand[] = [
  ['a refusal of a policy', (r) => refusing(r, {}), {}],
  ['a refusal for load balancers', (r) => refusing(r, { target_type: 'INTERNAL_MANAGED_LB' }), { ip: 'unproven' }],
  ['a refusal for some of them', (r) => refusing(r, { target_forwarding_rules: ['x'] }), { ip: 'unproven' }],
  [
    'an order of firewalls that another resource gives',
    (r) => {
      wayOut(r);
      policy(r, {});
      network(r).network_firewall_policy_enforcement_order = given(r, 'BEFORE_CLASSIC_FIREWALL');
    },
    { ip: 'unproven' },
  ],
  ['a service as it should be', (r) => service(r), {}],
  [
    'a caller that another resource gives',
    (r) => {
      service(r);
      add(r, 'cloud_run_v2_service_iam_member', 'I', {
        ...{ location: REGION, name: 'svc', role: 'roles/run.invoker', member: given(r, 'allUsers') },
      });
    },
    { inbound: 'unproven', role: 'unproven' },
  ],
  ['whom Identity-Aware Proxy admits', (r) => service(r, { iap_enabled: true }), { inbound: 'unproven' }],
  [
    'a balancer before a service that is named otherwise',
    (r) => {
      service(r);
      const serverless_deployment = { platform: 'run.googleapis.com', resource: 'svc' };
      add(r, 'compute_region_network_endpoint_group', 'N', { name: 'n', region: REGION, serverless_deployment });
    },
    { inbound: 'unproven' },
  ],
  [
    'a service in several regions',
    (r) => service(r, { multi_region_settings: { regions: ['us-central1', REGION] } }),
    {
      ip: 'unproven',
      dns: 'unproven',
      'cloud-api': 'unproven',
      inbound: 'unproven',
      neighbour: 'unproven',
      launcher: 'unproven',
    },
  ],
  [
    'a machine whose interface a network attachment places',
    (r) => {
      rule(r, 'L', { destination_ranges: ['10.10.0.0/24'] });
      inbound(r, 'in');
      const network_attachment = `projects/x/regions/${REGION}/networkAttachments/a`;
      add(r, 'compute_instance', 'M', { name: 'm', tags: ['in'], network_interface: [{ network_attachment }] });
    },
    { neighbour: 'unproven' },
  ],
];
