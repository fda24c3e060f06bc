import type { Mutation } from './mutations';
import { add, agentNetwork, body, proxyAccount, proxyNetwork, type Raw, reference, type Resources } from './reference';

const template = (r: Resources) => body(r, 'compute_region_instance_template');
const metadata = (r: Resources) => template(r).metadata as Raw;
const door = (r: Resources) => body(r, 'compute_service_attachment');

export const PROXY: readonly Mutation[] = [
  {
    protection: 'the proxy dials only the policy’s ports',
    remove: (r) => void (body(r, 'compute_firewall', '-proxy-to-upstreams"').allow = [{ protocol: 'tcp' }]),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy’s firewall denies what leaves',
    remove: (r) => void (body(r, 'compute_firewall', '"coder-proxy-deny-egress-v4"').disabled = true),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy admits its door alone',
    remove: (r) => void (body(r, 'compute_firewall', '-proxy-from-agents"').source_ranges = ['10.0.0.0/8']),
    opens: ['proxy'],
  },
  {
    protection: 'nobody but the door’s rule lets anything in',
    remove: (r) =>
      add(r, 'compute_firewall', 'Ssh', {
        name: 'ssh',
        network: proxyNetwork(r),
        direction: 'INGRESS',
        priority: 900,
        source_ranges: ['35.235.240.0/20'],
        allow: [{ protocol: 'tcp', ports: ['22'] }],
      }),
    opens: ['proxy'],
  },
  {
    protection: 'its serial console is off',
    remove: (r) => void (metadata(r)['serial-port-enable'] = 'TRUE'),
    opens: ['proxy'],
  },
  {
    protection: 'its machines have no public address',
    remove: (r) =>
      void (template(r).network_interface = [
        { subnetwork: reference(r, 'compute_subnetwork', '"10.20.0.0/24"'), access_config: [{}] },
      ]),
    opens: [],
    unproven: ['proxy'],
  },
  {
    protection: 'its load balancer is internal',
    remove: (r) => void delete body(r, 'compute_forwarding_rule', '"coder-proxy"').load_balancing_scheme,
    opens: ['proxy'],
  },
  {
    protection: 'its door asks who comes',
    remove: (r) => void (door(r).connection_preference = 'ACCEPT_AUTOMATIC'),
    opens: ['proxy'],
  },
  {
    protection: 'its door admits the agents’ network alone',
    remove: (r) => (door(r).consumer_accept_lists as Raw[]).push({ network_url: proxyNetwork(r), connection_limit: 1 }),
    opens: ['proxy'],
  },
  {
    protection: 'not their whole project',
    remove: (r) => void (door(r).consumer_accept_lists = [{ project_id_or_num: 'acme-agents', connection_limit: 1 }]),
    opens: [],
    unproven: ['proxy'],
  },
  {
    protection: 'its account’s roles are on single resources',
    remove: (r) =>
      add(r, 'project_iam_member', 'Wide', {
        role: 'roles/storage.admin',
        member: `serviceAccount:${proxyAccount(r)}`,
      }),
    opens: ['proxy'],
  },
  {
    protection: 'its account may not change what holds the agent',
    remove: (r) =>
      add(r, 'project_iam_member', 'Wide', { role: 'roles/editor', member: `serviceAccount:${proxyAccount(r)}` }),
    opens: ['proxy', 'launcher'],
  },
  {
    protection: 'no peering from the proxy’s network',
    remove: (r) =>
      add(r, 'compute_network_peering', 'Back', {
        name: 'back',
        network: proxyNetwork(r),
        peer_network: agentNetwork(r),
      }),
    opens: ['proxy'],
    unproven: ['ip'],
  },
  {
    protection: 'something is marked as the proxy',
    remove: (r) => void delete template(r).labels,
    opens: ['neighbour'],
  },
];
