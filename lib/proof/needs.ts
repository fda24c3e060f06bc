import type { Upstream } from '../policy';
import { contains, EVERY_IPV4, EVERY_IPV6, parseRange, type Range } from './address';
import { describePackets, type Packets } from './packets';
import type { ProveOptions } from './prove';

/** A TCP port that the proxy has to dial, and where. */
export interface Need {
  readonly port: number;
  readonly ranges: readonly Range[];
}

const ANYWHERE: readonly Range[] = [EVERY_IPV4, EVERY_IPV6];
// The cloud's own services, where the proxy's image, secrets and log are, and where tokens are fetched.
const PLATFORM_PORT = 443;

/** What the proxy has to dial: what the policies say, and the ports that the caller states. */
export function needsOf({ proxyPorts, policies = [] }: ProveOptions): readonly Need[] {
  const stated = proxyPorts ?? (policies.length > 0 ? [] : [PLATFORM_PORT]);
  const upstreams = policies.flatMap((policy) => [PLATFORM, ...policy.upstreams.flatMap(needsOfUpstream)]);
  return [...stated.map((port) => ({ port, ranges: ANYWHERE })), ...upstreams];
}

const PLATFORM: Need = { port: PLATFORM_PORT, ranges: ANYWHERE };

function needsOfUpstream(upstream: Upstream): Need[] {
  const { port, addresses } = upstream;
  const ranges = addresses === 'public' ? ANYWHERE : addresses.flatMap((one) => parseRange(one) ?? []);
  const credential = upstream.tls === 'intercept' ? upstream.credential : undefined;
  if (credential?.kind !== 'oauth2') return [{ port, ranges }];
  const token = Number(new URL(credential.tokenUrl).port || PLATFORM_PORT);
  return [
    { port, ranges },
    { port: token, ranges: ANYWHERE },
  ];
}

/** Whether each of some packets is one that the proxy has to send. */
export function isNeeded({ addresses, protocols, ports }: Packets, needs: readonly Need[]): boolean {
  if (protocols.first !== 6 || protocols.last !== 6) return false;
  if (ports.last - ports.first >= needs.length) return false;
  const dialled = Array.from({ length: ports.last - ports.first + 1 }, (_, index) => ports.first + index);
  return dialled.every((port) =>
    needs.some((need) => need.port === port && need.ranges.some((range) => contains(range, addresses))),
  );
}

/** What is let out beyond the need, for reports: where the port is one of the policy’s, its addresses are wider. */
export function beyondNeed(packets: Packets, needs: readonly Need[]): string {
  const everywhere = needs.map(({ port }) => ({ port, ranges: ANYWHERE }));
  const what = describePackets(packets);
  return isNeeded(packets, everywhere)
    ? `${what} to more addresses than its upstreams have`
    : `${what}, which no upstream needs`;
}
