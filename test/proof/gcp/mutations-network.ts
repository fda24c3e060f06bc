import type { Mutation } from './mutations';
import { add, agentNetwork, body, entry, type Raw, reference, remove, type Resources, run } from './reference';

const vpc = (r: Resources) => run(r).vpc_access as Raw;
const agentDeny = (family: 'v4' | 'v6', direction = 'egress') => `coder-agent-deny-${direction}-${family}`;
const DENY = 'the agents’ firewall denies what leaves, in IPv4';
const ROUTE = 'the agents’ network is made without default routes';

/** The default route and a translation before the internet. */
function wayOut(r: Resources): void {
  body(r, 'compute_network', '"coder-agent"').delete_default_routes_on_create = false;
  add(r, 'compute_router', 'Out', { name: 'out', network: agentNetwork(r), region: 'europe-west1' });
  add(r, 'compute_router_nat', 'Out', {
    name: 'out',
    router: '${google_compute_router.Out.name}',
    source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
  });
}

const names = (r: Resources) => body(r, 'dns_response_policy_rule', '"*."');

export const NETWORK: readonly Mutation[] = [
  {
    protection: 'all traffic goes into the network',
    remove: (r) => void (vpc(r).egress = 'PRIVATE_RANGES_ONLY'),
    opens: ['ip', 'dns', 'cloud-api'],
  },
  { protection: 'that is written out', remove: (r) => void delete vpc(r).egress, opens: ['ip', 'dns', 'cloud-api'] },
  {
    protection: 'the agent has an interface in the network',
    remove: (r) => void delete run(r).vpc_access,
    opens: ['ip', 'dns', 'cloud-api', 'proxy'],
  },
  {
    protection: 'the interface is in a network of the document',
    remove: (r) => void (vpc(r).network_interfaces = [{ network: 'default', subnetwork: 'default', tags: ['agent'] }]),
    opens: ['proxy'],
    unproven: ['ip', 'dns', 'inbound', 'neighbour', 'cloud-api'],
  },
  {
    protection: 'no connector carries its packets',
    remove: (r) => void (vpc(r).connector = 'projects/p/locations/l/connectors/c'),
    opens: [],
    unproven: ['ip', 'dns', 'cloud-api', 'inbound', 'neighbour', 'launcher'],
  },
  {
    protection: DENY,
    remove: (r) => remove(r, 'compute_firewall', agentDeny('v4')),
    opens: [],
    heldBy: ROUTE,
    together: ['ip'],
  },
  { protection: ROUTE, remove: wayOut, opens: [], heldBy: DENY, together: ['ip'] },
  {
    protection: 'the deny rule is in force',
    remove: (r) => {
      wayOut(r);
      body(r, 'compute_firewall', agentDeny('v4')).disabled = true;
    },
    opens: ['ip'],
  },
  {
    protection: 'the deny rule has no target',
    remove: (r) => {
      wayOut(r);
      body(r, 'compute_firewall', agentDeny('v4')).target_tags = ['agents'];
    },
    opens: ['ip'],
  },
  {
    protection: 'the deny rule is about every protocol',
    remove: (r) => {
      wayOut(r);
      body(r, 'compute_firewall', agentDeny('v4')).deny = [{ protocol: 'tcp' }];
    },
    opens: ['ip'],
  },
  {
    protection: 'no rule of a lower number comes before the deny rule',
    remove: (r) => {
      wayOut(r);
      add(r, 'compute_firewall', 'Wide', {
        name: 'wide',
        network: agentNetwork(r),
        direction: 'EGRESS',
        priority: 900,
        destination_ranges: ['8.8.8.8/32'],
        allow: [{ protocol: 'udp', ports: ['53'] }],
      });
    },
    opens: ['ip'],
  },
  {
    protection: 'the agents’ firewall denies what leaves, in IPv6, and their subnet has none',
    remove: (r) => {
      wayOut(r);
      remove(r, 'compute_firewall', agentDeny('v6'));
      Object.assign(body(r, 'compute_subnetwork', '"coder-agents"'), {
        stack_type: 'IPV4_IPV6',
        ipv6_access_type: 'EXTERNAL',
      });
    },
    opens: ['ip'],
  },
  {
    protection: 'no policy of the network is asked before its rules',
    remove: (r) => {
      wayOut(r);
      body(r, 'compute_network', '"coder-agent"').network_firewall_policy_enforcement_order = 'BEFORE_CLASSIC_FIREWALL';
      add(r, 'compute_network_firewall_policy', 'Policy', { name: 'policy' });
      add(r, 'compute_network_firewall_policy_association', 'Policy', {
        name: 'policy',
        firewall_policy: '${google_compute_network_firewall_policy.Policy.name}',
        attachment_target: agentNetwork(r),
      });
      add(r, 'compute_network_firewall_policy_rule', 'Policy', {
        firewall_policy: '${google_compute_network_firewall_policy.Policy.name}',
        action: 'allow',
        direction: 'EGRESS',
        priority: 1,
        match: { dest_ip_ranges: ['0.0.0.0/0'], layer4_configs: [{ ip_protocol: 'all' }] },
      });
    },
    opens: ['ip'],
  },
  {
    protection: 'no peering from the agents’ network',
    remove: (r) => {
      add(r, 'compute_network_peering', 'Peering', {
        name: 'p',
        network: agentNetwork(r),
        peer_network: 'projects/p/global/networks/other',
      });
      remove(r, 'compute_firewall', agentDeny('v4'));
    },
    opens: ['ip'],
  },
  {
    protection: 'the agents’ subnet has no private Google access',
    remove: (r) => void (body(r, 'compute_subnetwork', '"coder-agents"').private_ip_google_access = true),
    opens: [],
    heldBy: 'no route and no rule to Google’s addresses',
    together: ['cloud-api'],
  },
  {
    protection: 'no route and no rule to Google’s addresses',
    remove: (r) => {
      add(r, 'compute_route', 'Google', {
        name: 'google',
        network: agentNetwork(r),
        dest_range: '199.36.153.8/30',
        next_hop_gateway: 'default-internet-gateway',
      });
      add(r, 'compute_firewall', 'Google', {
        name: 'google',
        network: agentNetwork(r),
        direction: 'EGRESS',
        priority: 900,
        destination_ranges: ['199.36.153.8/30'],
        allow: [{ protocol: 'tcp', ports: ['443'] }],
      });
    },
    opens: [],
    heldBy: 'the agents’ subnet has no private Google access',
    together: ['cloud-api'],
  },
  {
    protection: 'no endpoint of Google’s APIs in the agents’ network',
    remove: (r) => {
      add(r, 'compute_global_address', 'Apis', {
        name: 'apis',
        address: '10.10.9.9',
        address_type: 'INTERNAL',
        purpose: 'PRIVATE_SERVICE_CONNECT',
        network: agentNetwork(r),
      });
      add(r, 'compute_global_forwarding_rule', 'Apis', {
        name: 'apis',
        target: 'all-apis',
        network: agentNetwork(r),
        ip_address: '${google_compute_global_address.Apis.id}',
        load_balancing_scheme: '',
      });
      add(r, 'compute_firewall', 'Apis', {
        name: 'apis',
        network: agentNetwork(r),
        direction: 'EGRESS',
        priority: 900,
        destination_ranges: ['10.10.9.9/32'],
        allow: [{ protocol: 'tcp', ports: ['443'] }],
      });
    },
    opens: ['cloud-api'],
  },
  {
    protection: 'a response policy is bound to the network',
    remove: (r) => void (body(r, 'dns_response_policy').networks = []),
    opens: ['dns'],
  },
  {
    protection: 'its last rule answers every name',
    remove: (r) => void (names(r).dns_name = '*.example.com.'),
    opens: ['dns'],
  },
  {
    protection: 'its last rule answers, not passes',
    remove: (r) => Object.assign(names(r), { local_data: undefined, behavior: 'bypassResponsePolicy' }),
    opens: ['dns'],
  },
  {
    protection: 'its last rule answers in both families',
    remove: (r) =>
      void (names(r).local_data = { local_datas: [{ name: '*.', type: 'A', ttl: 1, rrdatas: ['0.0.0.0'] }] }),
    opens: [],
    unproven: ['dns'],
  },
  {
    protection: 'no rule passes a wildcard',
    remove: (r) =>
      add(r, 'dns_response_policy_rule', 'Pass', {
        response_policy: reference(r, 'dns_response_policy', '', 'response_policy_name'),
        rule_name: 'pass',
        dns_name: '*.evil.example.',
        behavior: 'bypassResponsePolicy',
      }),
    opens: ['dns'],
  },
  {
    protection: 'the network has no alternative name servers',
    remove: (r) =>
      void (body(r, 'dns_policy').alternative_name_server_config = {
        target_name_servers: [{ ipv4_address: '8.8.8.8' }],
      }),
    opens: ['dns'],
  },
  {
    protection: 'nothing else listens where an agent may go',
    remove: (r) => {
      add(r, 'compute_instance', 'Other', {
        name: 'other',
        zone: 'europe-west1-b',
        machine_type: 'e2-small',
        network_interface: [{ subnetwork: reference(r, 'compute_subnetwork', '"coder-agents"') }],
      });
      add(r, 'compute_firewall', 'Other', {
        name: 'other',
        network: agentNetwork(r),
        direction: 'EGRESS',
        priority: 900,
        destination_ranges: ['10.10.0.0/24'],
        allow: [{ protocol: 'tcp', ports: ['22'] }],
      });
      add(r, 'compute_firewall', 'OtherIn', {
        name: 'other-in',
        network: agentNetwork(r),
        direction: 'INGRESS',
        priority: 900,
        source_ranges: ['10.10.0.0/24'],
        target_tags: ['ssh'],
        allow: [{ protocol: 'tcp', ports: ['22'] }],
      });
      body(r, 'compute_instance').tags = ['ssh'];
    },
    opens: ['neighbour'],
  },
  {
    protection: 'the agents’ firewall admits nothing',
    remove: (r) =>
      add(r, 'compute_firewall', 'In', {
        name: 'in',
        network: agentNetwork(r),
        direction: 'INGRESS',
        priority: 900,
        source_ranges: ['0.0.0.0/0'],
        allow: [{ protocol: 'tcp' }],
      }),
    opens: [],
    unproven: ['inbound'],
  },
  {
    protection: 'behind the window stands the proxy alone',
    remove: (r) => {
      const [, group] = entry(r, 'compute_region_instance_group_manager');
      group.version = [{ instance_template: 'projects/p/global/instanceTemplates/other' }];
    },
    opens: [],
    unproven: ['neighbour'],
  },
  {
    protection: 'no database is connected to it',
    remove: (r) => void (run(r).volumes = [{ name: 'db', cloud_sql_instance: { instances: ['p:r:i'] } }]),
    opens: ['neighbour'],
  },
  {
    protection: 'no bucket is mounted into it',
    remove: (r) => void (run(r).volumes = [{ name: 'b', gcs: { bucket: 'b' } }]),
    opens: [],
    unproven: ['neighbour'],
  },
];
