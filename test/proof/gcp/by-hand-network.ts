import { type ByHand, deny, inbound, rule, wayOut } from './by-hand';
import {
  add,
  agentNetwork,
  body,
  entry,
  proxyNetwork,
  type Raw,
  reference,
  remove,
  type Resources,
  run,
} from './reference';

const REGION = 'europe-west1';
const subnet = (r: Resources) => reference(r, 'compute_subnetwork', '"coder-agents"');
const network = (r: Resources) => body(r, 'compute_network', '"coder-agent"');
const interfaces = (r: Resources) => (run(r).vpc_access as { network_interfaces: Raw[] }).network_interfaces;
const proxyRule = (r: Resources, more: Raw) =>
  add(r, 'compute_firewall', 'P', { name: 'p', network: proxyNetwork(r), priority: 900, ...more });
const listener = (r: Resources, more: Raw) =>
  add(r, 'compute_forwarding_rule', 'L', {
    ...{ name: 'l', load_balancing_scheme: 'INTERNAL', backend_service: 'projects/x/regions/r/backendServices/b' },
    ...more,
  });
const machine = (r: Resources, its: Raw) =>
  add(r, 'compute_instance', 'M', { name: 'm', tags: ['in'], network_interface: [its] });

/** Two copies of the agents' network, of which the refusal is in one and the agent in the other. */
function copied(r: Resources, copies: Raw, one: string, other: string): void {
  wayOut(r);
  const [name, its] = entry(r, 'compute_network', '"coder-agent"');
  Object.assign(its, copies);
  deny(r).network = `\${google_compute_network.${name}[${one}].id}`;
  for (const each of interfaces(r)) each.network = `\${google_compute_network.${name}[${other}].id}`;
}

const COPIED = {
  ip: 'unproven',
  dns: 'unproven',
  inbound: 'unproven',
  neighbour: 'unproven',
  proxy: 'unproven',
} as const;

/** Firewall, routes and who is near. */
export const NETWORK_BY_HAND: readonly ByHand[] = [
  [
    'a text that Terraform takes for yes switches a refusal off',
    (r) => (wayOut(r), void (deny(r).disabled = '1')),
    { ip: 'open' },
  ],
  [
    'and private Google access on',
    (r) => {
      body(r, 'compute_subnetwork', '"coder-agents"').private_ip_google_access = '1';
      const dest_range = '199.36.153.8/30';
      add(r, 'compute_route', 'G', {
        name: 'g',
        network: agentNetwork(r),
        dest_range,
        next_hop_gateway: 'default-internet-gateway',
      });
      rule(r, 'G', { destination_ranges: [dest_range] });
    },
    { 'cloud-api': 'open' },
  ],
  [
    'a path with a project’s number may be of the agents’ network',
    (r) => (wayOut(r), rule(r, 'Wide', { network: 'projects/123456789012/global/networks/coder-agent' })),
    { ip: 'unproven', proxy: 'unproven' },
  ],
  [
    'so may a network’s number',
    (r) => (wayOut(r), rule(r, 'Wide', { network: 'projects/acme-agents/global/networks/4242424242' })),
    { ip: 'unproven', proxy: 'unproven' },
  ],
  [
    'a name alone is of the rule’s own project',
    (r) => (wayOut(r), void Object.assign(deny(r), { project: 'other', network: 'coder-agent' })),
    { ip: 'open' },
  ],
  [
    'and of the job’s own',
    (r) => void (body(r, 'cloud_run_v2_job').project = 'other'),
    {
      ip: 'unproven',
      dns: 'unproven',
      'cloud-api': 'unproven',
      inbound: 'unproven',
      neighbour: 'unproven',
      proxy: 'open',
    },
  ],
  [
    'a refusal that names another project’s network, where the agents’ project isn’t known',
    (r) => {
      wayOut(r);
      network(r).project = '${var.p}';
      deny(r).network = 'projects/other/global/networks/coder-agent';
    },
    COPIED,
  ],
  [
    'an empty direction is none, which lets in',
    (r) => proxyRule(r, { direction: '', source_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp' }] }),
    { proxy: 'open' },
  ],
  [
    'a tag beside ranges admits whoever has it',
    (r) => {
      const [door] = r.google_compute_subnetwork
        ? Object.values(r.google_compute_subnetwork).filter(({ purpose }) => purpose === 'PRIVATE_SERVICE_CONNECT')
        : [];
      const source_ranges = [door?.ip_cidr_range];
      proxyRule(r, { direction: 'INGRESS', source_ranges, source_tags: ['x'], allow: [{ protocol: 'tcp' }] });
    },
    { proxy: 'open' },
  ],
  [
    'a policy that no document holds is asked first',
    (r) => {
      wayOut(r);
      network(r).network_firewall_policy_enforcement_order = 'BEFORE_CLASSIC_FIREWALL';
      add(r, 'compute_network_firewall_policy_association', 'A', {
        ...{ name: 'a', attachment_target: agentNetwork(r) },
        firewall_policy: 'projects/acme-agents/global/firewallPolicies/other',
      });
    },
    { ip: 'unproven', inbound: 'unproven' },
  ],
  [
    'so is one that is bound to the organisation',
    (r) => {
      wayOut(r);
      const firewall_policy = 'locations/global/firewallPolicies/12345';
      add(r, 'compute_firewall_policy_association', 'A', {
        name: 'a',
        firewall_policy,
        attachment_target: 'organizations/1',
      });
    },
    { ip: 'unproven', inbound: 'unproven', proxy: 'unproven' },
  ],
  [
    'a policy of another region refuses nothing here',
    (r) => {
      wayOut(r);
      remove(r, 'compute_firewall', 'coder-agent-deny-egress-v4');
      const region = 'us-central1';
      const firewall_policy = '${google_compute_region_network_firewall_policy.P.name}';
      add(r, 'compute_region_network_firewall_policy', 'P', { name: 'p', region });
      add(r, 'compute_region_network_firewall_policy_association', 'P', {
        ...{ name: 'p', region, firewall_policy, attachment_target: agentNetwork(r) },
      });
      add(r, 'compute_region_network_firewall_policy_rule', 'P', {
        ...{ region, firewall_policy, action: 'deny', direction: 'EGRESS', priority: 65000 },
        match: { dest_ip_ranges: ['0.0.0.0/0'], layer4_configs: [{ ip_protocol: 'all' }] },
      });
    },
    { ip: 'open' },
  ],
  [
    'an empty gateway, as states have it, is no gateway',
    (r) => {
      rule(r, 'Wide');
      const hops = { next_hop_gateway: '', next_hop_ip: '10.10.0.7' };
      add(r, 'compute_route', 'O', { name: 'o', network: agentNetwork(r), dest_range: '0.0.0.0/0', ...hops });
    },
    { ip: 'unproven' },
  ],
  [
    'a peering whose other half stands in no document',
    (r) => {
      rule(r, 'Wide');
      add(r, 'compute_network_peering', 'P', {
        name: 'p',
        network: 'projects/x/global/networks/hub',
        peer_network: agentNetwork(r),
      });
    },
    { ip: 'unproven' },
  ],
  [
    'a tunnel by the network’s router, to a gateway that no document holds',
    (r) => {
      rule(r, 'Wide');
      add(r, 'compute_router', 'R', { name: 'r', network: agentNetwork(r) });
      const vpn_gateway = 'projects/x/regions/r/vpnGateways/g';
      add(r, 'compute_vpn_tunnel', 'T', { name: 't', router: '${google_compute_router.R.id}', vpn_gateway });
    },
    { ip: 'open' },
  ],
  [
    'a translation that names the subnet by its project’s number',
    (r) => {
      rule(r, 'Wide');
      wayOut(r);
      Object.assign(body(r, 'compute_router_nat', '"out"'), {
        source_subnetwork_ip_ranges_to_nat: 'LIST_OF_SUBNETWORKS',
        subnetwork: [
          {
            name: `projects/123/regions/${REGION}/subnetworks/coder-agents`,
            source_ip_ranges_to_nat: ['ALL_IP_RANGES'],
          },
        ],
      });
    },
    { ip: 'unproven' },
  ],
  [
    'a load balancer whose network is an empty text',
    (r) => {
      rule(r, 'L', { destination_ranges: ['10.10.0.50/32'] });
      listener(r, { network: '', subnetwork: subnet(r), ip_address: '10.10.0.50' });
    },
    { neighbour: 'unproven' },
  ],
  [
    'a machine by a second range of its interface',
    (r) => {
      rule(r, 'L', { destination_ranges: ['10.10.2.3/32'] });
      machine(r, {
        subnetwork: subnet(r),
        network_ip: '10.10.0.5',
        alias_ip_range: [{ ip_cidr_range: '10.10.2.3/32' }],
      });
      inbound(r, 'in');
    },
    { neighbour: 'unproven' },
  ],
  [
    'an address that a load balancer of another network has is free in this one',
    (r) => {
      rule(r, 'L', { destination_ranges: ['10.20.0.200/32'] });
      listener(r, { network: proxyNetwork(r), ip_address: '10.20.0.200' });
      add(r, 'compute_subnetwork', 'S', {
        name: 's',
        network: agentNetwork(r),
        ip_cidr_range: '10.20.0.0/24',
        region: REGION,
      });
      machine(r, { subnetwork: '${google_compute_subnetwork.S.id}' });
      inbound(r, 'in');
    },
    { neighbour: 'unproven' },
  ],
  [
    'a rule that answers names of another project’s policy',
    (r) => void (body(r, 'dns_response_policy_rule', '"*."').project = 'other'),
    { dns: 'open' },
  ],
  [
    'a policy of names of another project, which has a network of the same name',
    (r) => {
      const policy = body(r, 'dns_response_policy');
      Object.assign(policy, { project: 'other', networks: [{ network_url: 'coder-agent' }] });
      for (const one of Object.values(r.google_dns_response_policy_rule ?? {})) (one as Raw).project = 'other';
    },
    { dns: 'open' },
  ],
  [
    'one of two networks that are counted has the refusal, the other the agent',
    (r) => copied(r, { count: 2, name: 'x-${count.index}' }, '0', '1'),
    COPIED,
  ],
  [
    'one of several networks by key has the refusal, the other the agent',
    (r) => copied(r, { for_each: { a: 'x', b: 'y' }, name: 'x-${each.key}' }, '"a"', '"b"'),
    COPIED,
  ],
];
