import fc from 'fast-check';
import { network, type Resources, sink } from './cell';
import type { Fields } from './world';

const where = fc.constantFrom<unknown>(
  network('agents'),
  network('agents'),
  'agents',
  '${var.Network}',
  network('proxies'),
);
const bound = fc.oneof(
  { weight: 5, arbitrary: where.map((one): unknown => [{ network_url: one }]) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>([], [{ network_url: network('proxies') }, { network_url: '${var.Network}' }]),
  },
);
const maybeCount = fc.constantFrom<Fields>({}, {}, {}, { count: '${var.Wanted ? 1 : 0}' });

const policy = fc.tuple(bound, maybeCount).map(([networks, count]): Resources => ({
  'dns_response_policy.names': { response_policy_name: 'names', networks, ...count },
}));

const kinds = fc.constantFrom<readonly unknown[]>(
  ['A', 'AAAA'],
  ['A'],
  ['AAAA'],
  ['TXT'],
  [],
  ['A', '${var.Kind}'],
  ['A', 'AAAA', 'TXT'],
);

const last = fc
  .tuple(fc.constantFrom('*.', '*.', '*.example.', '${var.Name}', '*.com.'), kinds, maybeCount)
  .map(([name, its, count]): Resources => ({ 'dns_response_policy_rule.all': { ...sink(name, its), ...count } }));

const more = fc
  .tuple(
    fc.constantFrom('api.partner.example.', '*.partner.example.', '${var.Name}', '*.attacker.example.'),
    kinds,
    maybeCount,
    fc.constantFrom<Fields>({}, { behavior: 'bypassResponsePolicy' }),
  )
  .map(([name, its, count, behaviour]): Resources => ({
    'dns_response_policy_rule.more': {
      ...{ ...sink(name, its), ...count, rule_name: 'more' },
      ...(its.length === 0 && behaviour),
    },
  }));

const servers = fc
  .tuple(
    bound,
    fc.constantFrom<Fields>(
      { enable_logging: true },
      { alternative_name_server_config: { target_name_servers: [{ ipv4_address: '203.0.113.53' }] } },
      { alternative_name_server_config: { target_name_servers: [{ ipv4_address: '10.10.2.5' }] } },
    ),
    maybeCount,
  )
  .map(([networks, config, count]): Resources => ({
    'dns_policy.servers': { name: 'servers', networks, ...config, ...count },
  }));

const zone = fc
  .tuple(
    fc.constantFrom('partner.example.', 'attacker.example.', 'example.'),
    bound,
    fc.constantFrom<Fields>({}, { forwarding_config: { target_name_servers: [{ ipv4_address: '203.0.113.53' }] } }),
  )
  .map(([dns_name, networks, forwarding]): Resources => ({
    'dns_managed_zone.zone': {
      ...{ name: 'zone', dns_name, visibility: 'private', private_visibility_config: { networks }, ...forwarding },
    },
  }));

/** Mistakes around the names that an agent asks for. */
export const nameWalls: fc.Arbitrary<Resources> = fc.oneof(
  { weight: 2, arbitrary: policy },
  { weight: 3, arbitrary: last },
  { weight: 3, arbitrary: more },
  { weight: 2, arbitrary: servers },
  { weight: 1, arbitrary: zone },
);
