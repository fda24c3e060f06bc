import type { Upstream } from '../policy';
import { buildHandshakeLog, buildUnroutedLog } from './access-log';
import { buildConnectionManager, buildRefusal } from './connection-manager';
import type { Context } from './filters';
import { buildInterceptChain } from './intercept-chain';
import type { JsonObject } from './json';
import { buildInternalListener, buildListener, buildTlsInspector } from './listener';
import { buildPassthroughChain } from './passthrough-chain';
import type { Way } from './way';

const CLEAR_PORT = 80;
const IDLE_SECONDS = 60;

/** One TLS listener for each port of an upstream, and on port 80 a refusal that can be read. */
export function buildTransparentListeners(
  upstreams: readonly Upstream[],
  address: string,
  context: Context,
): readonly JsonObject[] {
  const ports = [...byPort(upstreams)];
  const listeners = ports.map(([port, members]) =>
    buildListener(`transparent_${port}`, { address, port }, buildChains(port, members, 'transparent', context)),
  );
  return ports.some(([port]) => port === CLEAR_PORT) ? listeners : [...listeners, buildClearListener(address, context)];
}

/** The same chains behind the CONNECT listener, each bound to the target it was asked for. */
export function buildTunnelListeners(upstreams: readonly Upstream[], context: Context): readonly JsonObject[] {
  return [...byPort(upstreams)].map(([port, members]) =>
    buildInternalListener(tunnelName(port), buildChains(port, members, 'connect', context)),
  );
}

/** Name of the internal listener behind CONNECT for a port. */
export function tunnelName(port: number): string {
  return `intercept_${port}`;
}

function buildChains(port: number, upstreams: readonly Upstream[], way: Way, context: Context): JsonObject {
  const reason = way === 'transparent' ? 'host-not-listed' : 'authority-mismatch';
  return {
    ...buildTlsInspector(),
    access_log: [buildHandshakeLog(context.place, port, reason)],
    filter_chains: [
      ...context.groups.filter((group) => group.port === port).map((group) => buildInterceptChain(group, way, context)),
      ...upstreams.flatMap((upstream) =>
        upstream.tls === 'passthrough' ? [buildPassthroughChain(upstream, way, context)] : [],
      ),
    ],
  };
}

function buildClearListener(address: string, { place }: Context): JsonObject {
  const manager = buildConnectionManager(
    {
      name: 'clear',
      idleSeconds: IDLE_SECONDS,
      filters: [],
      routes: {
        name: 'clear',
        virtual_hosts: [{ name: 'all', domains: ['*'], routes: [buildRefusal('scheme-not-https', 403)] }],
      },
      log: [buildUnroutedLog(place)],
    },
    place,
  );
  return buildListener('clear', { address, port: CLEAR_PORT }, { filter_chains: [{ filters: [manager] }] });
}

/** Upstreams by port, both sorted. */
export function byPort(upstreams: readonly Upstream[]): ReadonlyMap<number, readonly Upstream[]> {
  const ports = new Map<number, Upstream[]>();
  for (const upstream of upstreams) {
    const members = ports.get(upstream.port);
    if (members === undefined) ports.set(upstream.port, [upstream]);
    else members.push(upstream);
  }
  return new Map([...ports].sort(([a], [b]) => a - b));
}
