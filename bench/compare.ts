import type { Contender, Way } from './contender';
import { measureLoad, spread, type Measurement, type Spread } from './measure';

/** Two routes through two proxies with the same load, side by side. */
export interface Comparison {
  readonly name: string;
  /** What the ratio should reach. @default - none: reported only */
  readonly aim?: number;
  readonly ours: Side;
  readonly theirs: Side;
  readonly connections: number;
  /** A new connection for each request. @default false */
  readonly fresh?: boolean;
}

export interface Side {
  readonly contender: Contender;
  readonly way: Way;
  readonly host: string;
}

export interface ComparisonResult {
  readonly name: string;
  readonly connections: number;
  readonly fresh: boolean;
  readonly ours: string;
  readonly theirs: string;
  readonly aim?: number;
  /** Requests for each CPU-second, ours over theirs, formed inside a round. */
  readonly ratio: Spread;
  /** Ours, requests for each CPU-second. */
  readonly perCpuSecond: number;
  /** Milliseconds that ours adds to theirs at p50 and p99 (negative: ours is quicker). */
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
}

/** Measures both sides in turn, the first of each round alternating; a ratio is only formed inside a round. */
export async function compare(comparison: Comparison, rounds: number, seconds: number): Promise<ComparisonResult> {
  const pairs: { ours: Measurement; theirs: Measurement }[] = [];
  for (let round = 0; round < rounds; round++) {
    const measure = (side: Side) =>
      measureLoad(loadOf(side, comparison, seconds), side.contender.pid).catch((error: unknown) => {
        throw new Error(`${comparison.name}: ${side.contender.name}: ${String(error)}`);
      });
    if (round % 2 === 0) pairs.push({ ours: await measure(comparison.ours), theirs: await measure(comparison.theirs) });
    else {
      const theirs = await measure(comparison.theirs);
      pairs.push({ ours: await measure(comparison.ours), theirs });
    }
  }
  const middle = (of: (pair: (typeof pairs)[number]) => number): number => spread(pairs.map(of)).median;
  return {
    name: comparison.name,
    connections: comparison.connections,
    fresh: comparison.fresh ?? false,
    ours: `${comparison.ours.contender.name}, ${comparison.ours.way}`,
    theirs: `${comparison.theirs.contender.name}, ${comparison.theirs.way}`,
    ...(comparison.aim === undefined ? {} : { aim: comparison.aim }),
    ratio: spread(pairs.map(({ ours, theirs }) => perCpuSecond(ours) / perCpuSecond(theirs))),
    perCpuSecond: middle(({ ours }) => perCpuSecond(ours)),
    addedP50Ms: middle(({ ours, theirs }) => ours.p50Ms - theirs.p50Ms),
    addedP99Ms: middle(({ ours, theirs }) => ours.p99Ms - theirs.p99Ms),
  };
}

function loadOf(side: Side, comparison: Comparison, seconds: number): Parameters<typeof measureLoad>[0] {
  const route = side.contender.route(side.way, side.host);
  if (!route) throw new Error(`${side.contender.name} has no way "${side.way}"`);
  return { route, connections: comparison.connections, seconds, fresh: comparison.fresh ?? false };
}

function perCpuSecond({ requests, cpuSeconds }: Measurement): number {
  return requests / cpuSeconds;
}
