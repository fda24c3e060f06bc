import fc from 'fast-check';
import { account, machine, network, ref, type Resources, subnet } from './cell';
import { maybeCount, where } from './choices';
import type { Fields } from './world';

/** A machine of somebody else's in the agents' network, or a template of such. */
export const neighbour = fc
  .tuple(
    fc.constantFrom<Fields>(
      { network_ip: '10.10.2.5' },
      { network_ip: '10.10.2.5' },
      {},
      { network_ip: '${var.Wanted ? "10.10.2.5" : "10.10.1.99"}' },
    ),
    fc.constantFrom(['other'], ['other'], ['agent'], []),
    fc.constantFrom('0.0.0.0/0', '10.10.0.0/24', '10.77.0.0/16'),
    fc.boolean(),
  )
  .map(([address, tags, admitted, admits]): Resources => ({
    'service_account.third': { account_id: 'third' },
    'compute_instance.third': {
      ...{ name: 'third', tags, service_account: { email: account('third') } },
      network_interface: [{ subnetwork: subnet('agents'), ...address }],
    },
    ...(admits && {
      'compute_firewall.third': {
        ...{
          network: network('agents'),
          direction: 'INGRESS',
          source_ranges: [admitted],
          allow: [{ protocol: 'tcp' }],
        },
        ...{ target_tags: ['other'], priority: 900 },
      },
    }),
  }));

/** Somebody behind a tunnel, and what lets him in to the agent or to somebody else. */
export const visitor = fc
  .tuple(
    fc.constantFrom('192.168.0.0/16', '10.77.0.0/16', '0.0.0.0/0', '10.10.0.0/24'),
    fc.constantFrom<Fields>({}, { target_tags: ['agent'] }, { target_tags: ['other'] }),
    where,
  )
  .map(([source, whose, here]): Resources => ({
    'compute_ha_vpn_gateway.gate': { name: 'gate', network: here },
    'compute_firewall.visitor': {
      ...{ network: network('agents'), direction: 'INGRESS', priority: 900, source_ranges: [source], ...whose },
      allow: [{ protocol: 'tcp', ports: ['8080'] }],
    },
  }));

/** An endpoint of Google's APIs in the network, or of somebody's service, or of another's machines. */
export const front = fc
  .tuple(
    fc.constantFrom<Fields>(
      ...[
        { target: 'all-apis' },
        { target: 'all-apis' },
        { target: 'projects/other/regions/r/serviceAttachments/elsewhere' },
      ],
      { load_balancing_scheme: 'INTERNAL', backend_service: ref('compute_region_backend_service', 'front') },
    ),
    fc.constantFrom('10.99.0.5', '10.10.0.77', '${var.Wanted ? "10.99.0.5" : "10.98.0.5"}'),
    where,
    maybeCount,
  )
  .map(([what, ip_address, here, count]): Resources => ({
    'compute_forwarding_rule.more': {
      name: 'more',
      load_balancing_scheme: '',
      network: here,
      ip_address,
      ...what,
      ...count,
    },
  }));

/** What stands behind the window: another template too, or instead, or perhaps. */
export const group = fc
  .constantFrom<readonly unknown[]>(
    [ref('compute_region_instance_template', 'third')],
    [ref('compute_region_instance_template', 'proxy'), ref('compute_region_instance_template', 'third')],
    ['${var.Template}'],
    [ref('compute_region_instance_template', 'proxy', 'self_link_unique')],
    ['projects/other/global/instanceTemplates/elsewhere'],
  )
  .map((templates): Resources => ({
    'service_account.third': { account_id: 'third' },
    ...machine('third', 'proxies'),
    'compute_region_instance_group_manager.proxy': {
      ...{ name: 'proxy', base_instance_name: 'proxy' },
      version: templates.map((instance_template) => ({ instance_template })),
    },
  }));
