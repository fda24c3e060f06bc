import type { Document, Fields } from './world';

/** Resources by `type.name`, the type without `google_`. */
export type Resources = Readonly<Record<string, Fields>>;

export const ref = (type: string, name: string, attribute = 'id') => `\${google_${type}.${name}.${attribute}}`;
export const network = (name: string) => ref('compute_network', name);
export const subnet = (name: string) => ref('compute_subnetwork', name);
export const account = (name: string) => ref('service_account', name, 'email');

export const DENY = [{ protocol: 'all' }];
const rule = (direction: string, priority: number, more: Fields): Fields => ({
  ...{ network: network('agents'), direction, priority, disabled: false, ...more },
});

/** An agent between two networks that is closed in every way, beside a machine of another's and a proxy. */
export const SHUT: Resources = {
  'compute_network.agents': { name: 'agents', auto_create_subnetworks: false, delete_default_routes_on_create: true },
  'compute_subnetwork.agents': {
    name: 'agents',
    network: network('agents'),
    ip_cidr_range: '10.10.0.0/24',
    region: 'r',
  },
  'compute_network.proxies': { name: 'proxies', auto_create_subnetworks: false, delete_default_routes_on_create: true },
  'compute_subnetwork.proxies': {
    name: 'proxies',
    network: network('proxies'),
    ip_cidr_range: '10.20.0.0/24',
    region: 'r',
  },
  'compute_firewall.out': rule('EGRESS', 65534, { destination_ranges: ['0.0.0.0/0'], deny: DENY }),
  'compute_firewall.out6': rule('EGRESS', 65534, { destination_ranges: ['::/0'], deny: DENY }),
  'compute_firewall.in': rule('INGRESS', 65534, { source_ranges: ['0.0.0.0/0'], deny: DENY }),
  'compute_firewall.window': rule('EGRESS', 1000, {
    ...{ destination_ranges: ['10.10.1.10/32'], allow: [{ protocol: 'tcp', ports: ['8080'] }], target_tags: ['agent'] },
  }),
  'dns_response_policy.names': { response_policy_name: 'names', networks: [{ network_url: network('agents') }] },
  'dns_response_policy_rule.all': sink('*.', ['A', 'AAAA']),
  'service_account.agent': { account_id: 'agent' },
  'service_account.proxy': { account_id: 'proxy' },
  'project_iam_member.log': {
    project: 'acme',
    role: 'roles/logging.logWriter',
    member: `serviceAccount:${account('proxy')}`,
  },
  ...window('proxy'),
  ...machine('proxy', 'proxies', { labels: { 'anchorhold-workload': 'proxy' } }),
};

/** A rule of the response policy that answers a name by addresses that nothing has. */
export function sink(name: unknown, kinds: readonly unknown[]): Fields {
  const local_datas = kinds.map((type) => ({ name, type, ttl: 60, rrdatas: [type === 'AAAA' ? '::' : '0.0.0.0'] }));
  return {
    ...{
      response_policy: '${google_dns_response_policy.names.response_policy_name}',
      rule_name: 'one',
      dns_name: name,
    },
    ...(kinds.length > 0 && { local_data: { local_datas } }),
  };
}

/** The window's endpoint, attachment and load balancer, before the machines of a template. */
function window(template: string): Resources {
  return {
    'compute_address.window': {
      name: 'window',
      address: '10.10.1.10',
      address_type: 'INTERNAL',
      purpose: 'GCE_ENDPOINT',
    },
    'compute_forwarding_rule.window': {
      ...{
        name: 'window',
        load_balancing_scheme: '',
        network: network('agents'),
        ip_address: ref('compute_address', 'window'),
      },
      target: ref('compute_service_attachment', 'door'),
    },
    'compute_service_attachment.door': {
      ...{
        name: 'door',
        connection_preference: 'ACCEPT_MANUAL',
        target_service: ref('compute_forwarding_rule', 'front'),
      },
      consumer_accept_lists: [{ network_url: network('agents'), connection_limit: 4 }],
    },
    'compute_forwarding_rule.front': {
      ...{ name: 'front', load_balancing_scheme: 'INTERNAL', network: network('proxies') },
      ...{ ip_address: '10.20.0.200', backend_service: ref('compute_region_backend_service', 'front') },
    },
    'compute_region_backend_service.front': {
      ...{ name: 'front', load_balancing_scheme: 'INTERNAL', protocol: 'TCP' },
      backend: [{ group: ref('compute_region_instance_group_manager', template, 'instance_group') }],
    },
    [`compute_region_instance_group_manager.${template}`]: {
      ...{ name: template, base_instance_name: template },
      version: [{ instance_template: ref('compute_region_instance_template', template, 'self_link') }],
    },
  };
}

/** A template of machines in a network's subnet of the same name, with an account of its own name. */
export function machine(name: string, place: string, more: Fields = {}): Resources {
  return {
    [`compute_region_instance_template.${name}`]: {
      ...{ name, project: 'acme', machine_type: 'e2-small', service_account: { email: account(name) } },
      network_interface: [{ subnetwork: subnet(place) }],
      ...more,
    },
  };
}

export type Form = 'job' | 'service' | 'worker_pool';

/** The agent itself; `template` is what its containers are given. */
export function agent(form: Form, template: Fields, more: Fields = {}): Resources {
  const whole = {
    containers: [{ image: 'image' }],
    service_account: account('agent'),
    ...template,
  };
  return {
    [`cloud_run_v2_${form}.agent`]: {
      ...{ name: 'agent', location: 'r', labels: { 'anchorhold-workload': 'agent' } },
      template: form === 'job' ? { template: whole } : whole,
      ...(form === 'service' && { ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY' }),
      ...more,
    },
  };
}

export const ACCESS: Fields = {
  egress: 'ALL_TRAFFIC',
  network_interfaces: [{ network: network('agents'), subnetwork: subnet('agents'), tags: ['agent'] }],
};

/** A document of these resources, with the variables that they name. */
export function written(resources: Resources): Document {
  const names = [...JSON.stringify(resources).matchAll(/\bvar\.(\w+)/g)].map(([, name]) => String(name));
  const resource: Record<string, Record<string, Fields>> = {};
  for (const [key, body] of Object.entries(resources)) {
    const [type = '', name = ''] = key.split('.');
    resource[`google_${type}`] = { ...resource[`google_${type}`], [name]: body };
  }
  return {
    ...(names.length > 0 && { variable: Object.fromEntries(names.map((name) => [name, {}])) }),
    provider: { google: [{ project: 'acme', region: 'r' }] },
    resource,
  };
}
