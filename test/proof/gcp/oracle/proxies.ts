import { contains } from '../../oracle/filters';
import { fields, list } from '../../oracle/world';
import { type Interface, isNetwork, type Packet, passes } from './firewall';
import { agentOf, machines, runInterface } from './interfaces';
import { behind, connects, fromOutside, isProxy, RULES } from './neighbours';
import { packetsTo } from './probes';
import { arePeered, dials } from './routes';
import { overreaches } from './tokens';
import { blocksOf, find, isTrue, ofType, type Resource, type World } from './world';

/** What the proxy's machines may do that no policy needs, or who uses them that isn't an agent, in words. */
export function misusesProxy(world: World): string | undefined {
  const all = machines(world).filter(({ resource }) => isProxy(resource));
  for (const { resource, own } of all) {
    const found = dialsMore(world, own) ?? calls(world, own) ?? session(world, resource);
    if (found !== undefined) return found;
  }
  const first = all[0];
  return first && (overreaches(world, first.own.account) ?? fronted(world, first.own) ?? attached(world));
}

/** Of no policy it needs HTTPS alone, and questions to a name server that a rule names by its one address. */
function dialsMore(world: World, own: Interface): string | undefined {
  const isNeeded = ({ protocol, port, to }: Packet) =>
    (protocol === 'tcp' && port === 443) || (port === 53 && isNamedServer(world, to));
  const agent = agentOf(world);
  const its = agent?.type === 'google_cloud_run_v2_worker_pool' ? runInterface(world, agent) : undefined;
  const meets = its !== undefined && near(world, own, its) && connects(world, own, its);
  return dials(world, own, (packet) => !isNeeded(packet)) ?? (meets ? 'it connects to the agent' : undefined);
}

function isNamedServer(world: World, address: string): boolean {
  return ofType(world, 'google_compute_firewall').some(
    ({ properties }) =>
      list(properties.destination_ranges).includes(`${address}/32`) &&
      blocksOf(properties.allow).some(({ ports }) => list(ports).includes('53')),
  );
}

const near = (world: World, one: Interface, other: Interface) =>
  one.network === other.network || arePeered(world, one.network, other.network);

/** Who but an agent gets a packet to it: a machine, somebody else's code on Cloud Run, another network, the internet. */
function calls(world: World, own: Interface): string | undefined {
  const strangers = machines(world).filter(({ resource }) => !isProxy(resource));
  const run = ofType(world, 'google_cloud_run_v2_job', 'google_cloud_run_v2_service', 'google_cloud_run_v2_worker_pool')
    .filter(({ id }) => id !== agentOf(world)?.id)
    .flatMap((resource) => {
      const its = runInterface(world, resource);
      return its ? [{ resource, own: its }] : [];
    });
  const met = [...strangers, ...run]
    .filter(({ own: its }) => near(world, its, own))
    .find(({ own: its }) => connects(world, its.network === own.network ? its : { ...its, isMachine: false }, own));
  const online = own.isPublic && admits(world, own, '8.8.8.8') ? 'the internet' : undefined;
  return met?.resource.id ?? fromOutside(world, own) ?? online;
}

function admits(world: World, own: Interface, from: string): boolean {
  return packetsTo(world, from, own.address).some((packet) => passes(world, own, 'INGRESS', packet, undefined));
}

/** Google's serial console passes every firewall; a machine's own word stands before its project's. */
function session(world: World, { id, properties }: Resource): string | undefined {
  const own = fields(properties.metadata)['serial-port-enable'];
  const shared = [
    ...ofType(world, 'google_compute_project_metadata').map(
      ({ properties: its }) => fields(its.metadata)['serial-port-enable'],
    ),
    ...ofType(world, 'google_compute_project_metadata_item')
      .filter(({ properties: its }) => its.key === 'serial-port-enable')
      .map(({ properties: its }) => its.value),
  ];
  const said = own === undefined ? shared : [own];
  return said.some((one) => /^(?:true|1|y|yes)$/i.test(String(one))) ? `a session in ${id}` : undefined;
}

const CHECKS = ['35.191.0.0/16', '130.211.0.0/22'];

/** A load balancer of the internet's before it: Google's front ends send by the addresses of its checks, others pass packets on. */
function fronted(world: World, own: Interface): string | undefined {
  return ofType(world, ...RULES).find((rule) => {
    const scheme = rule.properties.load_balancing_scheme ?? 'EXTERNAL';
    if (!String(scheme).startsWith('EXTERNAL') || !behind(world, rule).includes('proxy')) return false;
    const source = scheme === 'EXTERNAL_MANAGED' ? '35.191.0.9' : '8.8.8.8';
    return admits(world, own, source) && (scheme === 'EXTERNAL' || CHECKS.some((range) => contains(range, source)));
  })?.id;
}

/** An endpoint that somebody without an agent may attach to a service before it. */
function attached(world: World): string | undefined {
  const agent = agentOf(world);
  const home = agent && runInterface(world, agent)?.network;
  return ofType(world, 'google_compute_service_attachment')
    .filter(({ properties }) => {
      const served = find(world, properties.target_service, ...RULES);
      return served !== undefined && behind(world, served).includes('proxy');
    })
    .find(({ properties }) => {
      if (properties.connection_preference !== 'ACCEPT_MANUAL') return true;
      return blocksOf(properties.consumer_accept_lists).some(({ network_url }) =>
        network_url === undefined
          ? isTrue(world.values.tenants)
          : home === undefined || !isNetwork(world, network_url, home),
      );
    })?.id;
}
