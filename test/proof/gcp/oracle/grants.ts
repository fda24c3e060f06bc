import { fields } from '../../oracle/world';
import { allow, grants, isMember } from './iam';
import { machines, templateOf } from './interfaces';
import { blocksOf, email, find, ofType, type Resource, type World } from './world';

/** The account of the machines that are marked as the proxy. */
export function proxyAccount(world: World): unknown {
  const proxy = machines(world).find(
    ({ resource }) => fields(resource.properties.labels)['anchorhold-workload'] === 'proxy',
  );
  return proxy?.own.account;
}

export const accountOf = (world: World, address: unknown): Resource | undefined =>
  ofType(world, 'google_service_account').find(({ properties }) => email(String(properties.account_id)) === address);

/** What the token that the agent's code fetches from the metadata server is good for, in words. */
export function holdsRole(world: World, agent: Resource): string | undefined {
  const account = templateOf(agent).service_account;
  // Left out, it is the project's default account, which is made an editor.
  if (account === undefined) return 'the project’s default account';
  if (!accountOf(world, account) && world.values.foreign === true) return `whatever ${String(account)} holds elsewhere`;
  return grants(world).find((one) =>
    // What everybody has without a token is no power of it.
    isMember({ ...one, members: one.members.filter((member) => member !== 'allUsers') }, account),
  )?.id;
}

/** The first who reads what the agent may not: the agent its own secrets, anybody but the proxy those of the proxy. */
export function readsSecret(world: World, agent: Resource): string | undefined {
  const template = templateOf(agent);
  const variables = blocksOf(template.containers).flatMap(({ env }) => blocksOf(env));
  if (variables.some(({ value_source, value }) => value_source !== undefined || String(value).startsWith('sk-')))
    return 'the agent is given a secret';
  if (blocksOf(template.volumes).some(({ secret }) => secret !== undefined))
    return 'a secret is mounted into the agent';
  const proxy = proxyAccount(world);
  if (proxy === undefined) return undefined;
  if (template.service_account === proxy) return 'the agent has the account of the proxy';
  const own = accountOf(world, proxy);
  const stranger = (one: { readonly members: readonly string[] }) =>
    one.members.some((member) => member !== `serviceAccount:${String(proxy)}`);
  const speaker = own && allow(world, 'speak', own).find(stranger);
  if (speaker) return `${speaker.id} lets somebody speak as the proxy`;
  const key = ofType(world, 'google_service_account_key').find(
    ({ properties }) => find(world, properties.service_account_id, 'google_service_account')?.id === own?.id,
  );
  if (key) return `${key.id} is a key of the proxy’s account`;
  for (const secret of ofType(world, 'google_secret_manager_secret')) {
    const readers = allow(world, 'read-secret', secret);
    if (!readers.some((one) => isMember(one, proxy))) continue;
    const other = readers.find(stranger);
    if (other) return `${other.id} lets somebody read ${secret.id}`;
  }
  return undefined;
}

/** The first who may start the agent as nobody said, or change what holds it. */
export function loosens(world: World, agent: Resource): string | undefined {
  const account = accountOf(world, templateOf(agent).service_account);
  const near = [agent, ...(account ? [account] : [])];
  const changer = near.flatMap((one) => allow(world, 'change', one))[0];
  if (changer) return `${changer.id} lets somebody change what holds it`;
  if (agent.type !== 'google_cloud_run_v2_job') return undefined;
  const starter = allow(world, 'invoke', agent).find(({ members }) => members.some((one) => one.startsWith('all')));
  return starter && `${starter.id} lets anybody start it`;
}

/** What makes the proxy's log worth less: nothing in it, records that the agent wrote, or records dropped. */
export function forgesLog(world: World, agent: Resource): string | undefined {
  const proxy = proxyAccount(world);
  if (proxy === undefined) return undefined;
  const may = (account: unknown) => allow(world, 'log').find((one) => isMember(one, account));
  const writes = grants(world).some((one) => one.isWide && one.deeds.includes('write-log') && isMember(one, proxy));
  const isForeign = (account: unknown) => !accountOf(world, account) && world.values.foreign === true;
  if (!writes) return accountOf(world, proxy) ? 'the proxy may write no record' : undefined;
  const account = templateOf(agent).service_account;
  if (account === undefined) return 'the project’s default account writes any log';
  if (isForeign(account)) return `${String(account)} may write logs`;
  const writer = may(account);
  if (writer) return `${writer.id} lets the agent write logs`;
  const own = accountOf(world, proxy);
  const speaker = own && allow(world, 'speak', own).find((one) => isMember(one, account));
  if (speaker) return `${speaker.id} lets the agent speak as the proxy`;
  const dropped = ofType(world, 'google_logging_project_exclusion').find(
    ({ properties }) => String(properties.disabled) !== 'true',
  );
  return dropped && world.values.exclusion === true ? `${dropped.id} drops records` : undefined;
}

/** A request that names no caller, and that a service answers. */
export function answersAnybody(world: World, agent: Resource): string | undefined {
  if (agent.type !== 'google_cloud_run_v2_service') return undefined;
  const { invoker_iam_disabled: unchecked } = agent.properties;
  if (String(unchecked) === 'true') return 'callers need no permission';
  const anybody = allow(world, 'invoke', agent).find(({ members }) => members.some((one) => one.startsWith('all')));
  return anybody && `${anybody.id} lets anybody call it`;
}
