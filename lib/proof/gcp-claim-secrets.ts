import { looksLikeSecret } from '../policy';
import type { Candidate, Judged } from './claim';
import { type Account, sameAccount } from './gcp-accounts';
import { type GcpClaim, unsureProxies } from './gcp-claim';
import type { Grant } from './gcp-grants';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import { runningAs } from './gcp-running-as';
import type { GcpWorkload } from './gcp-workloads';
import { written } from './gcp-written-secrets';
import { oncePer } from './once-per';
import type { Resource } from './templates';
import { blocks, setting } from './terraform-blocks';
import { and, or, Reference, shown, Text, type Truth, Unknown, unknownIn, type Value } from './value';

const SECRETS = ['google_secret_manager_secret', 'google_secret_manager_regional_secret'];

/** The workload holds no secret, and the proxy's are readable by the proxy alone. */
export const gcpSecretsClaim: GcpClaim = {
  id: 'secrets',
  says: 'It holds no secret, and the proxy’s secrets are readable by the proxy alone.',
  attack:
    'A prompt makes the agent print its environment; or whoever may read any secret of the project, or speak as the proxy’s account, reads the one that the proxy injects.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'secrets in its definition',
      candidates: held(workload),
      closed: 'no container is given one',
    },
    ...proxySecrets(model, workload),
    ...unsureProxies(model, 'the secrets of what may be the proxy'),
  ],
};

function held({ id, template, form }: GcpWorkload): Candidate[] {
  if (form === 'machine') return machineMetadata(id, template);
  if (template instanceof Unknown) return [unread(id, 'template', template)];
  return [
    ...['containers', 'init_containers'].flatMap((key) =>
      listed(template, key).flatMap((one, index) => containerWays(id, `${key}[${index}]`, one)),
    ),
    ...listed(template, 'volumes').flatMap((one, index) => volumeWays(id, `volumes[${index}]`, one)),
  ];
}

function listed(value: Value | undefined, key: string): readonly Value[] {
  const found = setting(value, key);
  return found instanceof Unknown ? [found] : blocks(found);
}

function unread(id: string, by: string, truth: Truth): Candidate {
  return { truth, path: [{ id, by }], reason: 'what it is given isn’t known', change: '' };
}

function containerWays(id: string, at: string, container: Value): Candidate[] {
  if (container instanceof Unknown) return [unread(id, at, container)];
  return [
    ...listed(container, 'env').flatMap((variable) => variableWays(id, at, variable)),
    ...listed(container, 'env_from').map((_, index) =>
      unread(
        id,
        `${at}.env_from[${index}]`,
        Unknown.of(`env-from(${id})`, `what ${id} takes from elsewhere is no secret`),
      ),
    ),
  ];
}

/** A value is never shown: only the name of its variable. */
function variableWays(id: string, at: string, variable: Value): Candidate[] {
  if (variable instanceof Unknown) return [unread(id, `${at}.env`, variable)];
  const name = shown(setting(variable, 'name'));
  const way = (truth: Truth, reason: string): Candidate => ({
    truth,
    path: [{ id, by: `${at}.env ${name}` }],
    reason,
    change: `remove the variable ${name} from ${id}; let the proxy inject it`,
  });
  const source = listed(variable, 'value_source').concat(listed(variable, 'value_from'));
  if (source.length > 0)
    return [
      way(source.find((one) => one instanceof Unknown) ?? true, `a secret is put into its environment as ${name}`),
    ];
  const value = setting(variable, 'value');
  const unknown = unknownIn(value);
  if (unknown) return [way(unknown, `the value of ${name} isn’t known`)];
  if (fromSecret(value)) return [way(true, `a secret is put into its environment as ${name}`)];
  if (typeof value !== 'string' || !looksLikeSecret(value)) return [];
  const doubt = Unknown.of(`no-secret(${id}.${name})`, `the value of ${name}, which is shaped like a key, is none`);
  return [way(doubt, `the value of ${name} is shaped like a key`)];
}

/** Whether a value is taken from something that keeps secrets. */
function fromSecret(value: Value | undefined): boolean {
  const parts = value instanceof Text ? value.parts : [value];
  return parts.some(
    (part) => part instanceof Reference && /secret|password|token|key/i.test(`${part.id}.${part.attribute}`),
  );
}

function volumeWays(id: string, at: string, volume: Value): Candidate[] {
  if (volume instanceof Unknown) return [unread(id, at, volume)];
  const secret = listed(volume, 'secret');
  if (secret.length === 0) return [];
  return [
    {
      truth: secret.find((one) => one instanceof Unknown) ?? true,
      path: [{ id, by: `${at}.secret` }],
      reason: 'a secret is mounted into it',
      change: `remove ${at} from ${id}; let the proxy inject it`,
    },
  ];
}

function machineMetadata(id: string, template: Value | undefined): Candidate[] {
  const metadata = setting(template, 'metadata');
  if (metadata === undefined) return [];
  const truth = unknownIn(metadata) ?? Unknown.of(`metadata(${id})`, `the metadata of ${id} holds no secret`);
  return [unread(id, 'metadata', truth)];
}

function proxySecrets(model: GcpModel, workload: GcpWorkload): Judged[] {
  const secrets = model.terraform
    .ofType(...SECRETS)
    .filter((secret) => readers(model, secret).some(({ proxy }) => proxy !== false));
  const judged = secrets.map((secret): Judged => ({
    destination: `the proxy’s secret ${secret.id}`,
    candidates: [
      ...readers(model, secret).flatMap(({ way, proxy }) => (proxy === true ? [] : [way])),
      ...written(model, secret),
      ...sharedAccount(model, workload),
    ],
    closed: 'no identity of the documents but the proxy’s account may read it',
  }));
  return [...judged, ...elsewhere(model), ...impersonation(model, workload)];
}

/** Secrets that no document holds, and that the documents let the proxy read: who else they let. */
function elsewhere(model: GcpModel): Judged[] {
  const named = new Map<string, Grant[]>();
  for (const grant of model.grants.all) {
    const { on, target, foreign: secret } = grant;
    if (
      target !== undefined ||
      secret === undefined ||
      !on.startsWith('secret_') ||
      gives(grant, 'read-secrets', model.grants) === false
    )
      continue;
    named.set(secret, [...(named.get(secret) ?? []), grant]);
  }
  return [...named].flatMap(([name, grants]): Judged[] => {
    const found = grants.flatMap((grant) => readersBy(model, grant, grant.exists, name));
    if (!found.some(({ proxy }) => proxy !== false)) return [];
    const candidates = found.flatMap(({ way, proxy }) => (proxy === true ? [] : [way]));
    const closed = 'no identity of the documents but the proxy’s account may read it';
    return [{ destination: `the proxy’s secret ${name}, which no document holds`, candidates, closed }];
  });
}

/** Everybody who may read a secret, and whether that is the proxy. */
function readers(model: GcpModel, secret: Resource): readonly Reader[] {
  return ofModel(model)(secret);
}

interface Reader {
  readonly way: Candidate;
  readonly proxy: Truth;
}

const ofModel = oncePer((model: GcpModel) => {
  const able = model.grants.all.filter((grant) => gives(grant, 'read-secrets', model.grants) !== false);
  return oncePer((secret: Resource) => readReaders(model, secret, able));
});

function readReaders(model: GcpModel, secret: Resource, able: readonly Grant[]): Reader[] {
  return able.flatMap((grant) => {
    const power = and(grant.exists, gives(grant, 'read-secrets', model.grants), model.grants.isAbout(grant, secret.id));
    if (power === false) return [];
    return readersBy(model, grant, power, secret.id);
  });
}

function readersBy(model: GcpModel, grant: Grant, granted: Truth, secret: string): Reader[] {
  const power = and(granted, gives(grant, 'read-secrets', model.grants));
  return grant.members.map((member) => {
    const proxy = or(
      ...model.proxies.map(({ account }) => (account ? model.accounts.isMember(member, account) : false)),
    );
    const way: Candidate = {
      truth: and(power, proxy instanceof Unknown ? proxy : true),
      path: [
        { id: grant.id, by: `${grant.by} ${shown(member)}` },
        { id: secret, by: grant.role ?? 'a role that isn’t known' },
      ],
      reason: `${shown(member)} may read it`,
      change: `remove ${shown(member)} from ${grant.id}`,
    };
    // Everyone is more than the proxy.
    return { way, proxy: member === 'allUsers' || member === 'allAuthenticatedUsers' ? false : proxy };
  });
}

/** It must not be who the proxy is. */
export function sharedAccount({ proxies }: GcpModel, { id, account }: GcpWorkload): Candidate[] {
  if (!account) return [];
  return proxies.flatMap((proxy): Candidate[] => {
    const truth = proxy.account ? sameAccount(account, proxy.account) : false;
    if (truth === false) return [];
    return [
      {
        truth,
        path: [
          { id, by: 'service_account' },
          { id: proxy.id, by: 'service_account' },
        ],
        reason: 'it runs with the account of the proxy',
        change: `give ${id} an account of its own`,
      },
    ];
  });
}

/** Whoever may speak as the proxy reads what it reads. */
function impersonation(model: GcpModel, workload: GcpWorkload): Judged[] {
  const { account: own } = workload;
  const shared = sharedAccount(model, workload);
  const isStrange = (member: Value) =>
    !(own && model.accounts.isMember(member, own) === false && isProxy(model, member));
  return model.proxies.flatMap((proxy): Judged[] => {
    const candidates = [...speakers(model, proxy, isStrange), ...shared];
    if (proxy.account?.named.kind !== 'resource' && candidates.length === 0) return [];
    return [
      {
        destination: `the account of ${proxy.id}`,
        candidates,
        closed: 'nobody in the documents may speak as it, and no key of it is made',
      },
    ];
  });
}

/** Whoever may speak as a proxy's account: by a grant, or by a key that is made of it. */
export function speakers(
  model: GcpModel,
  { account }: GcpWorkload,
  isStrange: (member: Value) => boolean,
): readonly Candidate[] {
  const named = account?.named;
  if (!account || !named) return [];
  const granted = model.grants.all.flatMap((grant): Candidate[] => {
    const truth = and(grant.exists, gives(grant, 'impersonate', model.grants), model.grants.isAbout(grant, named.id));
    if (truth === false) return [];
    return grant.members.filter(isStrange).map((member) => ({
      truth,
      path: [
        { id: grant.id, by: `${grant.by} ${shown(member)}` },
        { id: named.id, by: grant.role ?? 'a role that isn’t known' },
      ],
      reason: `${shown(member)} may speak as the proxy`,
      change: `remove ${shown(member)} from ${grant.id}`,
    }));
  });
  return [...granted, ...keysOf(model, account, named.id), ...runningAs(model, account)];
}

function keysOf(model: GcpModel, its: Account, account: string): Candidate[] {
  return model.terraform.ofType('google_service_account_key').flatMap(({ id, properties, exists }): Candidate[] => {
    const written = setting(properties, 'service_account_id');
    const found = model.accounts.of(written);
    const owner = model.names.find(written, 'google_service_account');
    const same = owner.kind === 'resource' ? owner.id === account : found ? sameAccount(found, its) : false;
    const truth = and(exists, owner.kind === 'unknown' ? owner.unknown : same);
    if (truth === false) return [];
    const reason = 'a key of the proxy’s account is made: whoever reads the state has it';
    return [{ truth, path: [{ id, by: 'service_account_id' }], reason, change: `remove ${id}` }];
  });
}

/** The proxy itself may make tokens of its own account. */
function isProxy(model: GcpModel, member: Value): boolean {
  return model.proxies.some(
    ({ account }) => account !== undefined && model.accounts.isMember(member, account) === true,
  );
}
