import * as path from 'node:path';
import { eachObject, setting, withoutFilters } from './bootstrap-edit';
import { LabAuthority } from './certificates';
import { until, type Lab, type Seen } from './lab';
import type { Ask, Way } from './ways';

/** One protection of the compiled bootstrap: a probe it stops, and how to take it out. */
export interface Protection {
  readonly name: string;
  readonly way: Way;
  readonly ask: Omit<Ask, 'probe'>;
  /** What the agent reads while it is in place; undefined: the request itself is allowed, only changed. */
  readonly refusal?: number;
  readonly takeOut: (bootstrap: unknown) => void;
}

export interface ProtectionObservation {
  readonly inPlace: Seen;
  readonly takenOut: Seen;
}

export const OURS = 'canary-ours-0123456789';
const GOOD = 'good.up.example';
const BARE = 'bare.up.example';
const FOREIGN = 'foreign.up.example';
const WRONG = 'wrong.up.example';

const upstream = (host: string, credential?: object) => ({
  host,
  ca: 'lab',
  rules: ['GET /v1/messages'],
  ...(credential === undefined ? {} : { credential }),
});
const DOCUMENT = {
  policy: 1,
  name: 'protections',
  upstreams: [
    upstream(GOOD, { header: 'x-api-key', secret: 'key' }),
    upstream(BARE),
    upstream(FOREIGN),
    upstream(WRONG),
  ],
};

const withoutStrip = (bootstrap: unknown) =>
  withoutFilters(bootstrap, 'HeaderMutation', ({ name }) => name === 'strip' || name === 'steering');

export const PROTECTIONS: readonly Protection[] = [
  {
    name: 'strip',
    way: 'transparent',
    ask: { host: BARE, headers: ['Authorization: Bearer foreign'] },
    takeOut: withoutStrip,
  },
  {
    name: 'injector overwrite (with the strip out as well)',
    way: 'transparent',
    ask: { host: GOOD, headers: ['X-Api-Key: foreign'] },
    takeOut: (bootstrap) => {
      withoutStrip(bootstrap);
      setting(bootstrap, 'overwrite', false);
    },
  },
  {
    name: 'rules',
    way: 'transparent',
    ask: { host: GOOD, method: 'DELETE', target: '/v1/files' },
    refusal: 403,
    takeOut: (bootstrap) => withoutFilters(bootstrap, 'RBAC', ({ name }) => name === 'rules'),
  },
  {
    name: 'guard against keys in the query',
    way: 'connect',
    ask: { host: GOOD, target: '/v1/messages?Api_Key=foreign' },
    refusal: 403,
    takeOut: (bootstrap) => withoutFilters(bootstrap, 'RBAC', ({ name }) => name === 'guard'),
  },
  {
    name: 'anchors of the path expressions',
    way: 'transparent',
    ask: { host: GOOD, target: '/admin/v1/messages' },
    refusal: 403,
    takeOut: unanchored,
  },
  {
    name: 'CONNECT target bound to the TLS name',
    way: 'connect',
    ask: { host: BARE, serverName: GOOD, hostHeader: GOOD },
    refusal: 421,
    takeOut: unbound,
  },
  {
    name: 'Host bound to the TLS name, transparent',
    way: 'transparent',
    ask: { host: GOOD, hostHeader: BARE },
    refusal: 421,
    takeOut: (bootstrap) => withoutPolicy(bootstrap, 'authority-mismatch'),
  },
  {
    name: 'Host bound to the TLS name and to the target, CONNECT',
    way: 'connect',
    ask: { host: GOOD, hostHeader: BARE },
    refusal: 421,
    takeOut: (bootstrap) => {
      withoutPolicy(bootstrap, 'authority-mismatch');
      withoutPolicy(bootstrap, 'authority-mismatch/target');
    },
  },
  {
    name: 'Host that no upstream has',
    way: 'transparent',
    ask: { host: GOOD, hostHeader: 'evil.example' },
    refusal: 421,
    takeOut: anyHost,
  },
  {
    name: 'authority the host is verified against',
    way: 'transparent',
    ask: { host: FOREIGN },
    refusal: 503,
    takeOut: (bootstrap) =>
      eachObject(bootstrap, (object) => {
        if ('trusted_ca' in object) object['trust_chain_verification'] = 'ACCEPT_UNTRUSTED';
      }),
  },
  {
    name: 'name in the certificate',
    way: 'transparent',
    ask: { host: WRONG },
    refusal: 503,
    // Envoy itself refuses to load this unless told that it is meant.
    takeOut: (bootstrap) => {
      setting(bootstrap, 'auto_san_validation', false);
      eachObject(bootstrap, (object) => {
        if (String(object['@type']).endsWith('dynamic_forward_proxy.v3.ClusterConfig')) {
          object['allow_insecure_cluster_options'] = true;
        }
      });
    },
  },
];

/** Each probe through the bootstrap as compiled, then through one with the protection taken out. */
export async function observe(lab: Lab): Promise<Record<string, ProtectionObservation>> {
  await lab.raise();
  const foreign = new LabAuthority(path.join(lab.directory, 'foreign'));
  const right = lab.authority.issue([GOOD, BARE]);
  const server = await lab.upstream({
    [GOOD]: right,
    [BARE]: right,
    [FOREIGN]: foreign.issue([FOREIGN]),
    [WRONG]: lab.authority.issue(['somebody-else.example']),
  });
  const secrets = new Map([['key', OURS]]);
  const probe = async ({ way, ask }: Protection) => {
    await until(async () => (await lab.ask(server, 'transparent', { host: GOOD })).status === 200, 5000);
    return lab.ask(server, way, ask);
  };
  const inPlace = new Map<string, Seen>();
  const proxy = await lab.start(DOCUMENT, secrets);
  for (const protection of PROTECTIONS) inPlace.set(protection.name, await probe(protection));
  await proxy.stop();
  const observations: Record<string, ProtectionObservation> = {};
  for (const protection of PROTECTIONS) {
    const weakened = await lab.start(DOCUMENT, secrets, protection.takeOut);
    const takenOut = await probe(protection);
    await weakened.stop();
    const before = inPlace.get(protection.name);
    if (before !== undefined) observations[protection.name] = { inPlace: before, takenOut };
  }
  server.close();
  return observations;
}

/** Full-match expressions of the rules, made to match anywhere. */
function unanchored(bootstrap: unknown): void {
  let changed = 0;
  eachObject(bootstrap, ({ action, policies }) => {
    if (action !== 'ALLOW') return;
    eachObject(policies, (object) => {
      if (typeof object['regex'] !== 'string') return;
      object['regex'] = `.*${object['regex']}.*`;
      changed++;
    });
  });
  if (changed === 0) throw new Error('expected expressions in the rules, got none');
}

/** Tunnels aren't bound to their CONNECT target any more. */
export function unbound(bootstrap: unknown): void {
  withoutPolicy(bootstrap, 'authority-mismatch/target');
}

/** No request is bound to its connection's name, and one host takes every name that none has. */
export function anyHost(bootstrap: unknown): void {
  withoutPolicy(bootstrap, 'authority-mismatch');
  let changed = 0;
  eachObject(bootstrap, (object) => {
    const hosts = object['virtual_hosts'];
    if (!Array.isArray(hosts) || !JSON.stringify(hosts).includes('"status":421')) return;
    const [first, ...others] = hosts.filter((host: object) => !JSON.stringify(host).includes('"status":421'));
    object['virtual_hosts'] = [{ ...first, domains: ['*'] }, ...others];
    changed++;
  });
  if (changed === 0) throw new Error('expected virtual hosts that answer 421, got none');
}

/** Takes a policy out of every filter that denies. */
function withoutPolicy(bootstrap: unknown, name: string): void {
  let changed = 0;
  eachObject(bootstrap, ({ action, policies }) => {
    if (action !== 'DENY' || typeof policies !== 'object' || policies === null || !(name in policies)) return;
    Reflect.deleteProperty(policies, name);
    changed++;
  });
  if (changed === 0) throw new Error(`expected policies named "${name}", got none`);
}
