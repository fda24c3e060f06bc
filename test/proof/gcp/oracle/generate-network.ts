import fc from 'fast-check';
import { account, DENY, network, ref, type Resources, subnet } from './cell';
import { maybeCount, mostly, where } from './choices';
import { front, group, neighbour, visitor } from './generate-neighbours';
import type { Fields } from './world';

const ranges = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom(['0.0.0.0/0'], ['0.0.0.0/1'], ['8.8.8.0/24'], ['10.0.0.0/8'], ['10.10.0.0/16']),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<string[]>(
      ...[
        ['199.36.153.8/30'],
        ['142.250.0.0/16'],
        ['10.10.1.10/32'],
        ['10.10.2.5/32'],
        ['10.30.0.0/16'],
        ['10.99.0.5/32'],
      ],
      ...[['${var.Range}'], ['8.8.8.0/24', '${var.Range}'], ['::/0'], []],
    ),
  },
);
const traffic = fc.constantFrom<Fields>(
  ...[{ protocol: 'all' }, { protocol: 'all' }, { protocol: 'tcp' }, { protocol: 'tcp', ports: ['443'] }],
  ...[{ protocol: 'tcp', ports: ['22', '8000-9000'] }, { protocol: 'udp', ports: ['53'] }, { protocol: 'icmp' }],
  ...[
    { protocol: '50' },
    { protocol: '6' },
    { protocol: 'tcp', ports: ['${var.Port}'] },
    { protocol: '${var.Protocol}' },
  ],
);
const target = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Fields>({}) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fields>(
      ...[{ target_tags: ['agent'] }, { target_tags: ['other'] }, { target_tags: ['${var.Tag}'] }],
      ...[{ target_service_accounts: [account('agent')] }, { target_service_accounts: [account('third')] }],
      ...[{ target_service_accounts: ['${var.Account}'] }, { target_tags: ['agent', 'other'] }],
    ),
  },
);
const priority = fc.constantFrom<Fields>(
  ...[
    {},
    { priority: 10 },
    { priority: 1000 },
    { priority: 65534 },
    { priority: 65533 },
    { priority: '${var.Priority}' },
  ],
);
const disabled = mostly<Fields>({}, fc.constantFrom({ disabled: true }, { disabled: '${var.Flag}' }), 6);
/** A rule of the network beside those that shut it, or instead of one. */
const rule = fc
  .tuple(
    fc.constantFrom('more', 'more', 'more', 'another', 'out', 'in', 'window'),
    fc.constantFrom('allow', 'allow', 'deny', 'deny'),
    fc.constantFrom<[string, string]>(
      ['EGRESS', 'destination_ranges'],
      ['EGRESS', 'destination_ranges'],
      ['INGRESS', 'source_ranges'],
    ),
    fc.tuple(ranges, traffic, target, priority, disabled, where, maybeCount),
    mostly<Fields>({}, fc.constantFrom({ source_tags: ['other'] }, { source_service_accounts: [account('third')] }), 4),
    mostly(false, fc.constant(true), 12),
  )
  .map(([name, action, [direction, side], [its, what, whose, number, off, here, count], from, turned]): Resources => ({
    [`compute_firewall.${name}`]: {
      ...{ network: here, direction: turned ? '${var.Direction}' : direction, [side]: its, [action]: [what] },
      ...{ ...whose, ...number, ...off, ...count, ...(direction === 'INGRESS' && from) },
    },
  }));

/** A policy of the network's, of a region's or of an organisation's, bound and with a rule. */
const policy = fc
  .tuple(
    fc.constantFrom('network_', 'network_', 'region_network_', ''),
    fc.constantFrom('allow', 'allow', 'deny', 'goto_next', '${var.Action}'),
    fc.tuple(ranges, traffic, disabled, where),
    fc.constantFrom<Fields>({}, {}, {}, { target_service_accounts: [account('agent')] }),
    fc.constantFrom('EGRESS', 'EGRESS', 'INGRESS'),
    fc.constantFrom(undefined, 'BEFORE_CLASSIC_FIREWALL', 'AFTER_CLASSIC_FIREWALL', '${var.Order}'),
    fc.boolean(),
  )
  .map(([scope, action, [its, { protocol, ...ports }, off, here], whose, direction, order, second]): Resources => {
    const type = `compute_${scope}firewall_policy`;
    const side = direction === 'EGRESS' ? 'dest_ip_ranges' : 'src_ip_ranges';
    const one = (at: number, more: Fields): Fields => ({
      ...{ firewall_policy: ref(type, 'policy', 'name'), direction, priority: at, ...more },
    });
    const layer4_configs = [{ ip_protocol: protocol, ...ports }];
    return {
      [`${type}.policy`]: { name: 'policy', ...(scope === '' && { parent: 'organizations/1', short_name: 'policy' }) },
      [`${type}_association.bound`]: {
        ...{ name: 'bound', firewall_policy: ref(type, 'policy', 'name') },
        attachment_target: scope === '' ? 'organizations/1' : here,
      },
      [`${type}_rule.first`]: one(100, { action, match: { [side]: its, layer4_configs }, ...whose, ...off }),
      ...(second && {
        [`${type}_rule.second`]: one(200, {
          ...{
            action: action === 'deny' ? 'allow' : 'deny',
            match: { [side]: ['0.0.0.0/0'], layer4_configs: [{ ip_protocol: 'all' }] },
          },
        }),
      }),
      ...(order !== undefined && {
        'compute_network.agents': {
          ...{ name: 'agents', auto_create_subnetworks: false, delete_default_routes_on_create: false },
          network_firewall_policy_enforcement_order: order,
        },
        ...translation('ALL_SUBNETWORKS_ALL_IP_RANGES'),
      }),
    };
  });

function translation(mode: string, more: Fields = {}, here: unknown = network('agents')): Resources {
  return {
    'compute_router.out': { name: 'out', network: here },
    'compute_router_nat.out': {
      ...{
        name: 'out',
        router: ref('compute_router', 'out', 'name'),
        source_subnetwork_ip_ranges_to_nat: mode,
        ...more,
      },
    },
  };
}

const nat = fc
  .tuple(
    fc.constantFrom(
      'ALL_SUBNETWORKS_ALL_IP_RANGES',
      'ALL_SUBNETWORKS_ALL_IP_RANGES',
      'LIST_OF_SUBNETWORKS',
      '${var.Mode}',
    ),
    fc.constantFrom<Fields>(
      {},
      {},
      { subnetwork: [{ name: subnet('agents'), source_ip_ranges_to_nat: ['ALL_IP_RANGES'] }] },
      { type: 'PRIVATE' },
    ),
    where,
    fc.boolean(),
  )
  .map(([mode, more, here, opened]): Resources => ({
    ...translation(mode, more, here),
    ...(opened && {
      'compute_network.agents': { name: 'agents', delete_default_routes_on_create: false },
      'compute_firewall.out': { network: network('agents'), direction: 'EGRESS', disabled: true, deny: DENY },
    }),
  }));

const made = fc
  .constantFrom<Fields>(
    {},
    { delete_default_routes_on_create: false },
    { delete_default_routes_on_create: '${var.Flag}' },
    { delete_default_routes_on_create: true },
  )
  .map((more): Resources => ({
    'compute_network.agents': { name: 'agents', auto_create_subnetworks: false, ...more },
  }));

const range = fc.constantFrom('10.10.0.0/24');
const ours = fc
  .tuple(
    range,
    fc.constantFrom<Fields>(
      {},
      { private_ip_google_access: true },
      { private_ip_google_access: true },
      { private_ip_google_access: '${var.Flag}' },
    ),
    fc.constantFrom<Fields>(
      {},
      {},
      { stack_type: 'IPV4_IPV6', ipv6_access_type: 'EXTERNAL' },
      { stack_type: 'IPV4_IPV6', ipv6_access_type: 'INTERNAL' },
    ),
  )
  .map(([ip_cidr_range, access, dual]): Resources => ({
    'compute_subnetwork.agents': {
      name: 'agents',
      network: network('agents'),
      ip_cidr_range,
      region: 'r',
      ...access,
      ...dual,
    },
  }));

const route = fc
  .tuple(
    fc.constantFrom(
      '0.0.0.0/0',
      '0.0.0.0/0',
      '0.0.0.0/1',
      '8.8.8.0/24',
      '199.36.153.8/30',
      '142.250.0.0/16',
      '::/0',
      '${var.Range}',
    ),
    fc.constantFrom<Fields>(
      ...[{ next_hop_gateway: 'default-internet-gateway' }, { next_hop_gateway: 'default-internet-gateway' }],
      ...[{ next_hop_ip: '10.10.2.5' }, { next_hop_instance: 'router' }, { next_hop_vpn_tunnel: 'tunnel' }],
    ),
    fc.constantFrom<Fields>({}, {}, { tags: ['agent'] }, { tags: ['other'] }, { tags: ['${var.Tag}'] }),
    priority,
    where,
    maybeCount,
  )
  .map(([dest_range, hop, tags, number, here, count]): Resources => ({
    'compute_route.out': { name: 'out', network: here, dest_range, ...hop, ...tags, ...number, ...count },
  }));

const joined = fc
  .tuple(
    fc.constantFrom(network('peer'), network('peer'), 'projects/other/global/networks/elsewhere', network('proxies')),
    where,
    maybeCount,
  )
  .map(([peer_network, here, count]): Resources => ({
    'compute_network.peer': { name: 'peer', delete_default_routes_on_create: true },
    'compute_subnetwork.peer': { name: 'peer', network: network('peer'), ip_cidr_range: '10.30.0.0/16' },
    'compute_network_peering.joined': { name: 'joined', network: here, peer_network, ...count },
  }));

const tunnel = where.map((here): Resources => ({ 'compute_ha_vpn_gateway.gate': { name: 'gate', network: here } }));

/** Mistakes around an agent's packets. */
export const networkWalls: fc.Arbitrary<Resources> = fc.oneof(
  { weight: 6, arbitrary: rule },
  { weight: 3, arbitrary: policy },
  { weight: 3, arbitrary: nat },
  { weight: 2, arbitrary: made },
  { weight: 2, arbitrary: ours },
  { weight: 3, arbitrary: route },
  { weight: 1, arbitrary: joined },
  { weight: 2, arbitrary: visitor },
  { weight: 1, arbitrary: tunnel },
  { weight: 4, arbitrary: neighbour },
  { weight: 2, arbitrary: front },
  { weight: 1, arbitrary: group },
);
