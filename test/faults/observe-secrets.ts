import { AUTHORITY_PATH } from '../../lib/envoy';
import { PROXY_ADDRESS } from '../equivalence/world';
import { pause, until, type Lab, type LabProxy, type Secrets, type Seen } from './lab';
import type { Upstream } from './upstream';
import { prefixOf, WAYS, type Way } from './ways';

const HOST = 'good.up.example';
const OLD = 'canary-old-0123456789';
const NEW = 'canary-new-0123456789';

export const DOCUMENT = {
  policy: 1,
  name: 'secrets',
  upstreams: [
    {
      host: HOST,
      ca: 'lab',
      prefix: prefixOf(HOST),
      credential: { header: 'x-api-key', secret: 'key' },
      rules: ['GET /v1/messages'],
    },
  ],
  limits: { requestsPerSecond: 1_000_000 },
};

export interface Rotation {
  readonly asked: number;
  readonly failed: number;
  /** Milliseconds from the change to the first request with the new value. */
  readonly firstNewAfterMs: number;
  /** Requests with the old value after the first with the new one. */
  readonly oldAfterNew: number;
}

export interface SecretObservations {
  readonly missing: Readonly<Record<Way, Seen>>;
  readonly empty: Readonly<Record<Way, Seen>>;
  readonly present: Readonly<Record<Way, Seen>>;
  readonly rotation: Readonly<Record<Way, Rotation>>;
  readonly revokedWithinMs: number;
  readonly revoked: Readonly<Record<Way, Seen>>;
  /** Arrivals at the upstream during 2 s of asking after the revocation was first seen. */
  readonly arrivalsAfterRevocation: number;
  /** Status of what balancers ask, while the secret is there and when it is revoked. */
  readonly readiness: readonly [present: number, revoked: number];
  readonly source: string;
}

/** The life of one secret: absent, there, changed under load, revoked. */
export async function observe(lab: Lab): Promise<SecretObservations> {
  await lab.raise();
  const upstream = await lab.upstream({ [HOST]: lab.authority.issue([HOST]) });
  const secrets: Secrets = new Map();
  const proxy = await lab.start(DOCUMENT, secrets);
  const missing = await everyWay(lab, upstream);
  secrets.set('key', '');
  await pause(2500);
  const empty = await everyWay(lab, upstream);
  secrets.set('key', OLD);
  await until(async () => (await ask(lab, upstream, 'transparent')).status === 200, 5000);
  const present = await everyWay(lab, upstream);
  const ready = await readiness();
  const rotation = await rotateUnderLoad(lab, upstream, secrets);
  const gone = Date.now();
  secrets.set('key', '');
  await until(async () => (await ask(lab, upstream, 'transparent')).status !== 200, 5000);
  const revokedWithinMs = Date.now() - gone;
  const before = total(upstream);
  await pause(2000);
  const revoked = await everyWay(lab, upstream);
  const arrivalsAfterRevocation = total(upstream) - before;
  const still = await readiness();
  await stop(proxy, upstream);
  return {
    missing,
    empty,
    present,
    rotation,
    revokedWithinMs,
    revoked,
    arrivalsAfterRevocation,
    readiness: [ready, still],
    source: OLD,
  };
}

async function rotateUnderLoad(lab: Lab, upstream: Upstream, secrets: Secrets): Promise<Record<Way, Rotation>> {
  const outcome: Partial<Record<Way, Rotation>> = {};
  for (const way of WAYS) {
    secrets.set('key', OLD);
    await until(async () => valueSeen(await ask(lab, upstream, way)) === OLD, 5000);
    let changed = 0;
    const seen: { readonly at: number; readonly value: string | undefined; readonly status: number }[] = [];
    for (const start = Date.now(); Date.now() - start < 5000;) {
      if (changed === 0 && Date.now() - start > 1000) {
        secrets.set('key', NEW);
        changed = Date.now();
      }
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(lab, upstream, way)));
      for (const answer of answers) seen.push({ at: Date.now(), value: valueSeen(answer), status: answer.status });
    }
    const first = seen.findIndex(({ value }) => value === NEW);
    outcome[way] = {
      asked: seen.length,
      failed: seen.filter(({ status }) => status !== 200).length,
      firstNewAfterMs: (seen[first]?.at ?? Infinity) - changed,
      // Eight run at once: those beside the first new one may have been injected just before it.
      oldAfterNew: seen.slice(first + 8).filter(({ value }) => value !== NEW).length,
    };
  }
  const { transparent, connect, gateway } = outcome;
  if (!transparent || !connect || !gateway) throw new Error('a way was not observed');
  return { transparent, connect, gateway };
}

/** The question of both clouds' health checks. */
async function readiness(): Promise<number> {
  const { status } = await fetch(`http://${PROXY_ADDRESS}:8080${AUTHORITY_PATH}`);
  return status;
}

function valueSeen(seen: Seen): string | undefined {
  return seen.arrivals[0]?.headers['x-api-key']?.join();
}

function ask(lab: Lab, upstream: Upstream, way: Way): Promise<Seen> {
  return lab.ask(upstream, way, { host: HOST });
}

async function everyWay(lab: Lab, upstream: Upstream): Promise<Record<Way, Seen>> {
  return {
    transparent: await ask(lab, upstream, 'transparent'),
    connect: await ask(lab, upstream, 'connect'),
    gateway: await ask(lab, upstream, 'gateway'),
  };
}

function total(upstream: Upstream): number {
  return [...upstream.arrivals.values()].flat().length;
}

async function stop(proxy: LabProxy, upstream: Upstream): Promise<void> {
  await proxy.stop();
  upstream.close();
}
