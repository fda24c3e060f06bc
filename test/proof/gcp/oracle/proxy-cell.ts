import { account, DENY, machine, network, ref, type Resources, subnet } from './cell';
import type { Fields } from './world';

export const PROXY = `serviceAccount:${account('proxy')}`;
/** Where connections of the window come from, and where Google checks whether the proxy is well. */
export const DOOR = '10.20.9.0/24';
export const CHECKS = ['35.191.0.0/16', '130.211.0.0/22'];

export const ruled = (direction: 'EGRESS' | 'INGRESS', more: Fields): Fields => ({
  ...{ network: network('proxies'), direction, priority: 1000, ...more },
});

/** The proxy's machines, with what a change of them leaves as it is. */
export const proxyMachine = (more: Fields = {}): Resources =>
  machine('proxy', 'proxies', {
    ...{
      labels: { 'anchorhold-workload': 'proxy' },
      metadata: { 'serial-port-enable': 'FALSE' },
      tags: ['proxy'],
      ...more,
    },
  });

/** What keeps the proxy of the cell to HTTPS outwards and to its window inwards. */
export const KEPT: Resources = {
  'compute_subnetwork.door': {
    ...{
      name: 'door',
      network: network('proxies'),
      ip_cidr_range: DOOR,
      region: 'r',
      purpose: 'PRIVATE_SERVICE_CONNECT',
    },
  },
  'compute_route.internet': {
    ...{ name: 'internet', network: network('proxies'), dest_range: '0.0.0.0/0' },
    next_hop_gateway: 'default-internet-gateway',
  },
  'compute_router.proxies': { name: 'proxies', network: network('proxies') },
  'compute_router_nat.proxies': {
    ...{ name: 'proxies', router: ref('compute_router', 'proxies', 'name') },
    source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
  },
  'compute_firewall.dial': ruled('EGRESS', {
    ...{ destination_ranges: ['0.0.0.0/0'], allow: [{ protocol: 'tcp', ports: ['443'] }] },
  }),
  'compute_firewall.keep': ruled('EGRESS', { priority: 65534, destination_ranges: ['0.0.0.0/0'], deny: DENY }),
  'compute_firewall.keep6': ruled('EGRESS', { priority: 65534, destination_ranges: ['::/0'], deny: DENY }),
  'compute_firewall.door': ruled('INGRESS', {
    ...{ source_ranges: [DOOR, ...CHECKS], allow: [{ protocol: 'tcp', ports: ['8080'] }] },
    target_service_accounts: [account('proxy')],
  }),
  ...proxyMachine(),
};

export type ToolForm = 'service' | 'job' | 'worker_pool' | 'machine';

/** A tool with an account of its own, which the proxy alone may call. */
export function tool(form: ToolForm, template: Fields = {}, more: Fields = {}): Resources {
  const labels = { 'anchorhold-workload': 'tool' };
  const own: Resources = { 'service_account.tool': { account_id: 'tool' } };
  if (form === 'machine') return { ...own, ...machine('tool', 'proxies', { labels, ...more }) };
  const whole = { containers: [{ image: 'image' }], service_account: account('tool'), ...template };
  const id = `cloud_run_v2_${form}`;
  return {
    ...own,
    [`${id}.tool`]: {
      ...{ name: 'tool', location: 'r', labels, template: form === 'job' ? { template: whole } : whole },
      ...(form === 'service' && { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }),
      ...more,
    },
    ...(form !== 'worker_pool' && {
      [`${id}_iam_member.proxy`]: { name: ref(id, 'tool', 'name'), role: 'roles/run.invoker', member: PROXY },
    }),
  };
}

/** An interface of Cloud Run's in the network of the proxy. */
export const AMONG_PROXIES: Fields = {
  egress: 'ALL_TRAFFIC',
  network_interfaces: [{ network: network('proxies'), subnetwork: subnet('proxies') }],
};
