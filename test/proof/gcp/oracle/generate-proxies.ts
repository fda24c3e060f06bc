import fc from 'fast-check';
import { account, machine, network, ref, type Resources, subnet } from './cell';
import { maybeCount, mostly } from './choices';
import { PROXY, proxyMachine, ruled } from './proxy-cell';
import type { Fields } from './world';

const traffic = fc.constantFrom<Fields>(
  ...[
    { protocol: 'tcp', ports: ['443'] },
    { protocol: 'tcp', ports: ['443'] },
    { protocol: 'tcp', ports: ['8080'] },
  ],
  ...[{ protocol: 'tcp', ports: ['22', '443'] }, { protocol: 'tcp' }, { protocol: 'udp', ports: ['53'] }],
  ...[
    { protocol: 'tcp', ports: ['53'] },
    { protocol: 'all' },
    { protocol: 'icmp' },
    { protocol: 'tcp', ports: ['${var.Port}'] },
  ],
);
const whom = mostly<Fields>(
  {},
  fc.constantFrom<Fields>(
    ...[{ target_service_accounts: [account('proxy')] }, { target_tags: ['proxy'] }, { target_tags: ['other'] }],
    ...[{ target_tags: ['${var.Tag}'] }, { disabled: true }, { disabled: '${var.Flag}' }, { priority: 65534 }],
  ),
  2,
);

const out = fc
  .tuple(
    fc.constantFrom('more', 'more', 'dial', 'keep'),
    fc.constantFrom(
      ...[['0.0.0.0/0'], ['0.0.0.0/0'], ['8.8.8.8/32'], ['8.8.8.0/24'], ['203.0.113.0/24'], ['10.0.0.0/8']],
      ...[['199.36.153.8/30'], ['${var.Range}'], ['::/0']],
    ),
    traffic,
    whom,
    fc.constantFrom('allow', 'allow', 'allow', 'deny'),
  )
  .map(([name, destination_ranges, what, whose, action]): Resources => ({
    [`compute_firewall.${name}`]: ruled('EGRESS', { priority: 900, destination_ranges, [action]: [what], ...whose }),
  }));

const into = fc
  .tuple(
    fc.constantFrom('more_in', 'more_in', 'door'),
    fc.constantFrom<Fields>(
      ...[{ source_ranges: ['10.20.9.0/24'] }, { source_ranges: ['10.20.0.0/24'] }, { source_ranges: ['0.0.0.0/0'] }],
      ...[
        { source_ranges: ['35.191.0.0/16'] },
        { source_ranges: ['10.20.9.0/25'] },
        { source_ranges: ['10.30.0.0/16'] },
      ],
      ...[
        { source_tags: ['other'] },
        { source_service_accounts: [account('third')] },
        { source_ranges: ['${var.Range}'] },
      ],
      ...[{ source_ranges: ['10.20.8.0/23'] }, { source_ranges: ['192.168.0.0/16'] }],
    ),
    traffic,
    whom,
  )
  .map(([name, from, what, whose]): Resources => ({
    [`compute_firewall.${name}`]: ruled('INGRESS', { ...from, allow: [what], ...whose }),
  }));

const THIRD: Resources = {
  'service_account.third': { account_id: 'third' },
  ...machine('third', 'proxies', { tags: ['other'] }),
};
/** Somebody else's machines among the proxy's, and what lets them in. */
const strangers = fc
  .constantFrom<Fields>(
    ...[{ source_ranges: ['10.20.0.0/24'] }, { source_tags: ['other'] }, { source_ranges: ['10.20.9.0/24'] }],
    { source_service_accounts: [account('third')] },
  )
  .map((from): Resources => ({
    ...THIRD,
    'compute_firewall.third': ruled('INGRESS', { ...from, allow: [{ protocol: 'tcp', ports: ['8080'] }] }),
  }));

const joined = fc
  .tuple(fc.constantFrom(network('peer'), network('agents'), 'projects/other/global/networks/elsewhere'), maybeCount)
  .map(([peer_network, count]): Resources => ({
    'compute_network.peer': { name: 'peer', delete_default_routes_on_create: true },
    'compute_subnetwork.peer': { name: 'peer', network: network('peer'), ip_cidr_range: '10.30.0.0/16' },
    ...{ 'service_account.far': { account_id: 'far' }, ...machine('far', 'peer') },
    'compute_network_peering.joined': { name: 'joined', network: network('proxies'), peer_network, ...count },
  }));

const route = fc
  .tuple(
    fc.constantFrom('0.0.0.0/0', '10.30.0.0/16', '8.8.8.0/24', '${var.Range}'),
    fc.constantFrom<Fields>(...[{ next_hop_vpn_tunnel: 'tunnel' }, { next_hop_ip: '10.20.0.77' }], {
      next_hop_gateway: 'default-internet-gateway',
    }),
    maybeCount,
  )
  .map(([dest_range, hop, count]): Resources => ({
    'compute_route.more': { name: 'more', network: network('proxies'), dest_range, ...hop, ...count },
  }));

const machines = fc
  .constantFrom<Fields>(
    ...[
      { metadata: { 'serial-port-enable': 'TRUE' } },
      { metadata: { 'serial-port-enable': '1' } },
      { metadata: { mode: 'x-y' } },
    ],
    ...[{ metadata: { 'serial-port-enable': '${var.Flag}' } }, { service_account: { email: account('agent') } }],
    ...[{ service_account: undefined }, { service_account: { email: 'elsewhere@other.iam.gserviceaccount.com' } }],
    { network_interface: [{ subnetwork: subnet('proxies'), access_config: [{ network_tier: 'PREMIUM' }] }] },
    ...[subnet('agents'), subnet('proxies')].map((other) => ({
      network_interface: [{ subnetwork: subnet('proxies') }, { subnetwork: other }],
    })),
  )
  .map((more) => proxyMachine(more));

const shared = fc
  .tuple(fc.constantFrom('TRUE', 'true', 'FALSE', '${var.Flag}'), fc.boolean(), fc.boolean())
  .map(([value, isItem, isOwn]): Resources => ({
    ...(isItem
      ? { 'compute_project_metadata_item.serial': { key: 'serial-port-enable', value } }
      : { 'compute_project_metadata.all': { metadata: { 'serial-port-enable': value } } }),
    ...(!isOwn && proxyMachine({ metadata: { 'block-project-ssh-keys': 'TRUE' } })),
  }));

const ACCEPTED: readonly Fields[] = [
  ...[{ network_url: network('agents') }, { network_url: network('proxies') }, { network_url: '${var.Network}' }],
  ...[
    { network_url: 'projects/other/global/networks/elsewhere' },
    { project_id_or_num: 'acme' },
    { project_id_or_num: 'other' },
  ],
];
const door = fc
  .tuple(
    fc.constantFrom('door', 'door', 'back'),
    fc.constantFrom('ACCEPT_MANUAL', 'ACCEPT_MANUAL', 'ACCEPT_AUTOMATIC', '${var.Preference}'),
    fc.uniqueArray(fc.constantFrom(...ACCEPTED), { maxLength: 2 }),
    maybeCount,
  )
  .map(([name, connection_preference, accepted, count]): Resources => ({
    [`compute_service_attachment.${name}`]: {
      ...{ name, connection_preference, target_service: ref('compute_forwarding_rule', 'front') },
      consumer_accept_lists: accepted.map((one) => ({ ...one, connection_limit: 4 })),
      ...(name === 'back' && count),
    },
  }));

const front = fc
  .tuple(
    fc.constantFrom('EXTERNAL_MANAGED', 'EXTERNAL', '${var.Scheme}', 'INTERNAL'),
    fc.constantFrom('proxy', 'proxy', 'third'),
    maybeCount,
  )
  .map(([load_balancing_scheme, whose, count]): Resources => ({
    ...THIRD,
    'compute_forwarding_rule.online': {
      ...{ name: 'online', load_balancing_scheme, network: network('proxies'), ip_address: '34.1.2.3' },
      ...{ backend_service: ref('compute_region_backend_service', 'online'), ...count },
    },
    'compute_region_backend_service.online': {
      ...{ name: 'online', load_balancing_scheme: 'EXTERNAL', protocol: 'TCP' },
      backend: [{ group: ref('compute_region_instance_group_manager', whose, 'instance_group') }],
    },
    'compute_region_instance_group_manager.third': {
      ...{ name: 'third', base_instance_name: 'third' },
      version: [{ instance_template: ref('compute_region_instance_template', 'third', 'self_link') }],
    },
  }));

/** Mistakes around the proxy's packets, its door and its machines. */
export const proxyWalls: fc.Arbitrary<Resources> = fc.oneof(
  { weight: 5, arbitrary: out },
  { weight: 4, arbitrary: into },
  { weight: 2, arbitrary: strangers },
  { weight: 1, arbitrary: joined },
  { weight: 1, arbitrary: route },
  { weight: 2, arbitrary: machines },
  { weight: 1, arbitrary: shared },
  { weight: 3, arbitrary: door },
  { weight: 1, arbitrary: front },
);

const SECRET = ref('secret_manager_secret', 'key', 'secret_id');
const on = (name: string): Fields => ({ service_account_id: ref('service_account', name, 'name') });
const place = fc.constantFrom<readonly [type: string, settings: Fields, roles: readonly string[]]>(
  ...([
    [
      'project',
      { project: 'acme' },
      ['viewer', 'editor', 'logging.logWriter', 'monitoring.metricWriter', 'storage.objectViewer'],
    ],
    ['project', { project: 'acme' }, ['logging.logWriter', 'monitoring.metricWriter', 'secretmanager.secretAccessor']],
    ['project', { project: 'other' }, ['viewer', 'logging.logWriter']],
    ['folder', { folder: 'folders/1' }, ['viewer', 'logging.logWriter', 'owner']],
    [
      'secret_manager_secret',
      { secret_id: SECRET },
      ['secretmanager.secretAccessor', 'secretmanager.admin', 'secretmanager.viewer'],
    ],
    ['secret_manager_secret', { secret_id: SECRET }, ['secretmanager.secretAccessor', 'iam.securityAdmin']],
    [
      'service_account',
      on('third'),
      ['iam.serviceAccountTokenCreator', 'iam.serviceAccountUser', 'iam.serviceAccountKeyAdmin'],
    ],
    ['service_account', on('third'), ['iam.serviceAccountTokenCreator', 'iam.serviceAccountAdmin']],
    ['service_account', on('fourth'), ['iam.serviceAccountTokenCreator', 'iam.serviceAccountUser']],
    [
      'service_account',
      { service_account_id: 'projects/other/serviceAccounts/elsewhere@other.iam.gserviceaccount.com' },
      ['iam.serviceAccountTokenCreator', 'iam.serviceAccountUser'],
    ],
  ] as const),
);
const made = fc.constantFrom(
  ...['secretmanager.secrets.setIamPolicy', 'secretmanager.versions.access', 'iam.serviceAccounts.getAccessToken'],
  ...['iam.serviceAccounts.setIamPolicy', 'storage.objects.get'],
);

/** What somebody's account, or one as which it may speak, is granted. */
export const tokenWalls = (holder: string): fc.Arbitrary<Resources> =>
  fc
    .tuple(
      fc.constantFrom('first', 'second', 'next'),
      place,
      fc.nat(4),
      fc.constantFrom(
        holder,
        holder,
        holder,
        `serviceAccount:${account('third')}`,
        'user:somebody@corp.example',
        '${var.Member}',
      ),
      mostly<string | undefined>(undefined, made),
      fc.constantFrom('member', 'member', 'binding'),
      maybeCount,
    )
    .map(([name, [type, settings, roles], at, member, permission, form, count]): Resources => {
      const role =
        permission === undefined ? `roles/${roles[at % roles.length] ?? ''}` : ref('project_iam_custom_role', 'made');
      return {
        'service_account.third': { account_id: 'third' },
        'service_account.fourth': { account_id: 'fourth' },
        'project_iam_member.third': {
          project: 'acme',
          role: 'roles/storage.objectViewer',
          member: `serviceAccount:${account('third')}`,
        },
        'secret_manager_secret.key': { secret_id: 'key', replication: { auto: {} } },
        ...(permission !== undefined && {
          'project_iam_custom_role.made': {
            role_id: 'made',
            title: 'made',
            permissions: ['compute.networks.get', permission],
          },
        }),
        [`${type}_iam_${form}.${name}`]: {
          ...settings,
          role,
          ...(form === 'member' ? { member } : { members: [member] }),
          ...count,
        },
      };
    });

/** The same of the proxy's. */
export const proxyTokens = tokenWalls(PROXY);
