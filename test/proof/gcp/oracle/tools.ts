import { fields } from '../../oracle/world';
import { accountOf, proxyAccount } from './grants';
import { allow } from './iam';
import { machines, runInterface, templateOf } from './interfaces';
import { connects, fromOutside } from './neighbours';
import { arePeered } from './routes';
import { overreaches, speaksAs } from './tokens';
import type { Interface } from './firewall';
import { block, blocksOf, find, isTrue, ofType, type Resource, type World } from './world';

const SERVICE = 'google_cloud_run_v2_service';
const POOL = 'google_cloud_run_v2_worker_pool';
const isTool = ({ properties }: Resource) => fields(properties.labels)['anchorhold-workload'] === 'tool';

/** Who calls the tool that isn't the proxy, or what its account may do that nobody named, in words. */
export function callsTool(world: World): string | undefined {
  const tool = world.resources.find(isTool);
  if (!tool) return undefined;
  const account = accountNamed(tool);
  const proxy = proxyAccount(world);
  if (account !== undefined && account === proxy) return 'it is who the proxy is';
  return requests(world, tool, proxy) ?? packets(world, tool) ?? overreaches(world, account);
}

const isMachine = ({ type }: Resource) => !type.startsWith('google_cloud_run');

function accountNamed(tool: Resource): unknown {
  return isMachine(tool) ? block(tool.properties.service_account).email : templateOf(tool).service_account;
}

/** Requests to its front: from the internet at all, or from inside by whoever isn't the proxy. */
function requests(world: World, tool: Resource, proxy: unknown): string | undefined {
  if (isMachine(tool) || tool.type === POOL) return undefined;
  const online = tool.type === SERVICE ? front(world, tool) : undefined;
  if (online !== undefined) return online;
  const caller = allow(world, 'invoke', tool).find(({ members }) =>
    members.some((one) => one !== `serviceAccount:${String(proxy)}`),
  );
  if (caller) return `${caller.id} lets somebody call it`;
  // With the proxy's token one is the proxy.
  const speaker = accountOf(world, proxy) ? speaksAs(world, proxy) : undefined;
  const may = allow(world, 'invoke', tool).length > 0;
  return speaker !== undefined && may ? `${speaker} lets somebody call it as the proxy` : undefined;
}

function front(world: World, { id, type, properties }: Resource): string | undefined {
  const { ingress, invoker_iam_disabled: unchecked } = properties;
  if (isTrue(unchecked)) return 'callers need no permission';
  if (ingress === 'INGRESS_TRAFFIC_INTERNAL_ONLY') return undefined;
  if (ingress !== 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER') return 'the internet reaches its front';
  const groups = ofType(world, 'google_compute_region_network_endpoint_group').filter(({ properties: its }) =>
    blocksOf(its.cloud_run).some(({ service }) => find(world, service, type)?.id === id),
  );
  return groups[0]?.id ?? (world.values.balanced === true ? 'a load balancer of another document' : undefined);
}

/** Packets to what listens by its interface; the proxy's own are meant to come. */
function packets(world: World, tool: Resource): string | undefined {
  const own = isMachine(tool)
    ? machines(world).find(({ resource }) => resource.id === tool.id)?.own
    : tool.type === POOL
      ? runInterface(world, tool)
      : undefined;
  if (!own) return undefined;
  const near = ({ network }: Interface) => network === own.network || arePeered(world, network, own.network);
  const others = machines(world).filter(
    ({ resource }) => fields(resource.properties.labels)['anchorhold-workload'] !== 'proxy' && resource.id !== tool.id,
  );
  const run = ofType(world, 'google_cloud_run_v2_job', SERVICE, POOL).flatMap((resource) => {
    const its = resource.id === tool.id ? undefined : runInterface(world, resource);
    return its ? [{ resource, own: its }] : [];
  });
  const met = [...others, ...run].find(({ own: its }) => near(its) && connects(world, its, own));
  return met?.resource.id ?? fromOutside(world, own);
}
