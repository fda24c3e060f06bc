import { blocks, type Rendered } from './rendered';

const WAYS_OUT = /^google_compute_(?:vpn_tunnel|interconnect_attachment|router_interface|router_peer)$/;

/**
 * What a router in the agents' network lets out: it may translate for the proxy's machines alone, which share the network.
 * `stack` is everything that could name it, `subnets` the agents' own, as expressions name them.
 */
export function routerProblems(router: Rendered, stack: readonly Rendered[], subnets: readonly string[]): string[] {
  const users = stack.filter(({ config }) => isOn(config, router));
  const others = users.filter(({ type }) => WAYS_OUT.test(type));
  const translations = users.filter(({ type }) => type === 'google_compute_router_nat');
  if (translations.length === 0 && others.length === 0)
    return [
      `${router.path}: expected no router in the agents’ network, got one that translates for nobody; remove it [agent-way-out]`,
    ];
  return [
    ...others.map(
      ({ path, type }) =>
        `${path}: expected no way out of the agents’ network, got a ${type}; remove it [agent-way-out]`,
    ),
    ...translations.flatMap((translation) => translationProblems(translation, subnets)),
  ];
}

function isOn(config: Rendered['config'], { address, config: own }: Rendered): boolean {
  return config.router !== undefined && (String(config.router).includes(`${address}.`) || config.router === own.name);
}

function translationProblems({ config, path }: Rendered, subnets: readonly string[]): string[] {
  const named = blocks(config, 'subnetwork').map(({ name }) => String(name));
  const listed = config.source_subnetwork_ip_ranges_to_nat === 'LIST_OF_SUBNETWORKS';
  if (listed && !named.some((name) => subnets.some((subnet) => name.includes(`${subnet}.`)))) return [];
  return [
    `${path}: expected a translation for the proxy’s subnet alone, got one for agents too: it is a way to the internet; name subnets in it, none of theirs [agent-way-out]`,
  ];
}
