import { eachObject, setting } from '../faults/bootstrap-edit';
import { pause, type Lab } from '../faults/lab';
import {
  CASES,
  host,
  LISTED,
  MAPPED,
  NARROW_NAMES,
  NEVER,
  OPAQUE_LABELS,
  PRIVATE,
  PUBLIC_NAMES,
  REBINDING,
  SETTING,
  SIX,
  WIDE_NAMES,
} from './address-cases';
import type { Origin } from './origin';
import { observeCases, observeWithout, type TableObservations } from './table';
import { WILD_CASES, WILD_INSIDE, WILD_NAMES, WILD_PROTECTIONS } from './wildcard-cases';
import { raiseOrigin, withProxy, type Outcome, type Proxy } from './world';
import { UPSTREAM_ADDRESS } from '../equivalence/world';

/** Envoy asks DNS again for a name no sooner than after five seconds, whatever its time to live. */
const REBOUND_MS = 5700;
const PRIVATE_ADDRESS = '10.66.0.9';
/** Labels of names that must not be reached where public addresses are. */
export const FORBIDDEN = Object.keys({ ...NEVER, ...MAPPED, ...PRIVATE });

export interface AddressObservations extends TableObservations {
  readonly wild: Readonly<Record<string, Outcome>>;
  readonly opaque: Readonly<Record<string, Outcome>>;
  /** Before and after the name's address changed from a public to a private one. */
  readonly rebound: Rebound;
  /** The same without the address filter, and each forbidden name. */
  readonly open: {
    readonly rebound: Rebound;
    readonly intercepted: Readonly<Record<string, Outcome>>;
    readonly opaque: Readonly<Record<string, Outcome>>;
  };
  /** Google's metadata address where a list of private blocks covers it, with only its own range taken out. */
  readonly uncovered: Outcome;
}

export interface Rebound {
  readonly before: Outcome;
  readonly after: Outcome;
}

export async function observe(lab: Lab): Promise<AddressObservations> {
  const origin = await raise(lab);
  const strict = await withProxy(lab, origin, SETTING, async (proxy) => {
    const rebound = rebind(lab, proxy);
    const before = await rebound.before();
    const outcomes = await observeCases(proxy, CASES);
    const opaque = await askAll(OPAQUE_LABELS, (label) => proxy.ask({ host: host(`opaque-${label}`) }));
    const wild = await observeCases(proxy, WILD_CASES);
    return { outcomes, wild, opaque, rebound: { before, after: await rebound.after() } };
  });
  const open = await withProxy(lab, origin, { ...SETTING, edit: withoutFilter }, async (proxy) => {
    const rebound = rebind(lab, proxy);
    const before = await rebound.before();
    const intercepted = await askAll(FORBIDDEN, (label) => proxy.ask({ host: host(label) }));
    const opaque = await askAll(FORBIDDEN, (label) => proxy.ask({ host: host(`opaque-${label}`) }));
    return { intercepted, opaque, rebound: { before, after: await rebound.after() } };
  });
  const uncovered = await withProxy(lab, origin, { ...SETTING, edit: withoutGoogle }, (proxy) =>
    proxy.ask({ host: host('wide-metadata-google-six') }),
  );
  const without = await observeWithout(lab, origin, SETTING, WILD_CASES, WILD_PROTECTIONS);
  origin.close();
  return { ...strict, without, open, uncovered };
}

/** A server at every address a name may lead to. */
async function raise(lab: Lab): Promise<Origin> {
  const names = { ...PUBLIC_NAMES, ...WIDE_NAMES, ...NARROW_NAMES };
  const all = Object.values(names).flat();
  // The loopback device has 127/8 and ::1 already; a mapped address is the IPv4 one's.
  const listening = [...new Set([...all, LISTED, SIX])].filter((address) => !address.startsWith('::ffff:'));
  const added = listening.filter((a) => !a.startsWith('127.') && a !== '::1' && a !== UPSTREAM_ADDRESS);
  const hosts = [...Object.keys(names), 'rebinding', 'ready'].map(host);
  const opaque = OPAQUE_LABELS.map((label) => host(`opaque-${label}`));
  const origin = await raiseOrigin(lab, [...hosts, ...opaque, ...WILD_NAMES], added);
  for (const address of listening) if (address !== UPSTREAM_ADDRESS) await origin.listen(address);
  lab.names.ttlSeconds = 0;
  for (const [label, addresses] of Object.entries(names)) lab.names.answers.set(host(label), addresses);
  for (const label of FORBIDDEN) lab.names.answers.set(host(`opaque-${label}`), PUBLIC_NAMES[label] ?? []);
  lab.names.answers.set(WILD_INSIDE, [PRIVATE_ADDRESS]);
  // A kept connection would never be dialled anew.
  origin.responds.set(REBINDING, (_request, _body, response) => {
    response.writeHead(200, { 'content-length': '2', connection: 'close' }).end('ok');
  });
  return origin;
}

function rebind(lab: Lab, proxy: Proxy) {
  let start = 0;
  return {
    before: async () => {
      lab.names.answers.set(REBINDING, [UPSTREAM_ADDRESS]);
      const outcome = await proxy.ask({ host: REBINDING });
      lab.names.answers.set(REBINDING, [PRIVATE_ADDRESS]);
      start = Date.now();
      return outcome;
    },
    after: async () => {
      await pause(Math.max(0, start + REBOUND_MS - Date.now()));
      return proxy.ask({ host: REBINDING });
    },
  };
}

function withoutFilter(bootstrap: unknown): void {
  setting(bootstrap, 'resolved_address_filter', undefined);
}

function withoutGoogle(bootstrap: unknown): void {
  eachObject(bootstrap, (object) => {
    const ranges = object['ranges'];
    if (Array.isArray(ranges))
      object['ranges'] = ranges.filter((range: { address_prefix?: string }) => range.address_prefix !== 'fd20:ce::');
  });
}

async function askAll(
  labels: readonly string[],
  ask: (label: string) => Promise<Outcome>,
): Promise<Record<string, Outcome>> {
  const seen: Record<string, Outcome> = {};
  for (const label of labels) seen[label] = await ask(label);
  return seen;
}
