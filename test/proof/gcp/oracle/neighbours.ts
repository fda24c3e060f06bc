import { fields } from '../../oracle/world';
import { type Interface, isNetwork, passes } from './firewall';
import { machines, runInterface, templateOf } from './interfaces';
import { packetsTo } from './probes';
import { arePeered } from './routes';
import { blocksOf, find, ofType, type Resource, type World } from './world';

export const isProxy = ({ properties }: Resource) => fields(properties.labels)['anchorhold-workload'] === 'proxy';

/** The first that an agent's packet arrives at, the proxy's machines left out, in words. */
export function reachesNeighbour(world: World, agent: Resource, from: Interface | undefined): string | undefined {
  const mounted = blocksOf(templateOf(agent).volumes).find(
    (one) =>
      one.cloud_sql_instance !== undefined || ((one.gcs ?? one.nfs) !== undefined && world.values.foreign === true),
  );
  if (mounted) return 'what the platform mounts into it';
  if (!from) return undefined;
  if (!world.resources.some(({ id }) => id === from.network))
    return world.values.foreign === true ? 'somebody in a network of another document' : undefined;
  const listening = listeners(world, agent).filter(({ own }) => own.network === from.network);
  const met = listening.find(({ own }) => connects(world, from, own));
  return met?.id ?? balanced(world, from);
}

interface Listener {
  readonly id: string;
  readonly own: Interface;
}

/** Machines but the proxy's, and worker pools: other copies of the agent's own too. */
function listeners(world: World, agent: Resource): readonly Listener[] {
  const run = ofType(world, 'google_cloud_run_v2_worker_pool').flatMap((pool) => {
    const own = runInterface(world, pool, pool.id === agent.id ? 8 : 9);
    return own ? [{ id: pool.id, own }] : [];
  });
  const others = machines(world).filter(({ resource }) => !isProxy(resource));
  return [...run, ...others.map(({ resource, own }) => ({ id: resource.id, own }))];
}

/** Whether a packet of any sort gets from one interface to another. */
export function connects(world: World, from: Interface, to: Interface): boolean {
  return packetsTo(world, from.address, to.address).some(
    (packet) => passes(world, from, 'EGRESS', packet, to) && passes(world, to, 'INGRESS', packet, from),
  );
}

/** Whether a packet may leave for an address of the network itself. */
function sends(world: World, from: Interface, to: string): boolean {
  return packetsTo(world, from.address, to).some((packet) => passes(world, from, 'EGRESS', packet, undefined));
}

export const RULES = ['google_compute_forwarding_rule', 'google_compute_global_forwarding_rule'];

/** Addresses of the network that aren't an interface's: load balancers, and endpoints of Private Service Connect. */
function fronts(world: World, network: string): readonly Resource[] {
  return ofType(world, ...RULES).filter(
    ({ properties }) =>
      ['INTERNAL', ''].includes(String(properties.load_balancing_scheme)) &&
      isNetwork(world, properties.network, network),
  );
}

export function addressOf(world: World, { properties }: Resource): string {
  const reserved = find(world, properties.ip_address, 'google_compute_address', 'google_compute_global_address');
  return String(reserved?.properties.address ?? properties.ip_address);
}

function balanced(world: World, from: Interface): string | undefined {
  const others = fronts(world, from.network).filter((front) => behind(world, front).some((one) => one === 'other'));
  return others.find((front) => sends(world, from, addressOf(world, front)))?.id;
}

/** The first endpoint of Google's APIs that it may send to. */
export function reachesEndpoint(world: World, from: Interface): string | undefined {
  const google = fronts(world, from.network).filter((front) => behind(world, front).includes('google'));
  return google.find((front) =>
    packetsTo(world, from.address, addressOf(world, front))
      .filter(({ protocol, port }) => protocol === 'tcp' && port === 443)
      .some((packet) => passes(world, from, 'EGRESS', packet, undefined)),
  )?.id;
}

type Behind = 'proxy' | 'other' | 'google' | 'nothing';

/** All that stands behind an address. */
export function behind(world: World, { properties }: Resource): readonly Behind[] {
  const { target, backend_service } = properties;
  if (target === 'all-apis' || target === 'vpc-sc') return ['google'];
  if (target !== undefined) {
    const attachment = find(world, target, 'google_compute_service_attachment');
    const served = find(world, attachment?.properties.target_service, ...RULES);
    if (served) return behind(world, served);
    return world.values.foreign === true ? ['other'] : ['nothing'];
  }
  const backend = find(world, backend_service, 'google_compute_region_backend_service');
  return blocksOf(backend?.properties.backend).flatMap(({ group }) => {
    const manager = find(world, group, 'google_compute_region_instance_group_manager');
    return blocksOf(manager?.properties.version).map(({ instance_template }): Behind => {
      const template = find(world, instance_template, 'google_compute_region_instance_template');
      if (!template) return world.values.foreign === true ? 'other' : 'nothing';
      return isProxy(template) ? 'proxy' : 'other';
    });
  });
}

/** Who a packet of arrives at an interface of the agent's, were he to send one. */
export function reachedFrom(world: World, agent: Resource, to: Interface): string | undefined {
  if (agent.type !== 'google_cloud_run_v2_worker_pool' && world.values.ingress !== true) return undefined;
  if (!world.resources.some(({ id }) => id === to.network))
    return world.values.foreign === true ? 'somebody in a network of another document' : undefined;
  const others = [
    ...listeners(world, agent),
    ...machines(world).map(({ resource, own }) => ({ id: resource.id, own })),
  ];
  const near = others.filter(({ own }) => own.network === to.network || arePeered(world, own.network, to.network));
  const inside = near.find(({ own }) =>
    connects(world, own.network === to.network ? own : { ...own, isMachine: false }, to),
  );
  return inside?.id ?? fromOutside(world, to);
}

/** Somebody behind a peering with a network of another document, or behind a tunnel. */
export function fromOutside(world: World, to: Interface): string | undefined {
  const peered = ofType(world, 'google_compute_network_peering').some(
    ({ properties }) =>
      isNetwork(world, properties.network, to.network) &&
      !find(world, properties.peer_network, 'google_compute_network') &&
      world.values.foreign === true,
  );
  const tunnel = ofType(world, 'google_compute_ha_vpn_gateway').some(({ properties }) =>
    isNetwork(world, properties.network, to.network),
  );
  const sources = [...(peered ? ['172.16.5.9'] : []), ...(tunnel ? ['192.168.7.7', '10.77.0.5'] : [])];
  return sources.find((source) =>
    packetsTo(world, source, to.address).some((packet) => passes(world, to, 'INGRESS', packet, undefined)),
  );
}
