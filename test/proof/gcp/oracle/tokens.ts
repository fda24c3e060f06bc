import { accountOf } from './grants';
import { allow, type Grant, grants, isMember } from './iam';
import { email, ofType, type Resource, type World } from './world';

/** What everybody who runs anything is given of a whole project: records and figures to write, models to ask. */
const OF_PROJECTS = ['logging.logWriter', 'monitoring.metricWriter', 'aiplatform.user', 'cloudtrace.agent'];
const WIDE = ['project', 'folder', 'organization'];

/** What a token of an account is good for beyond single things that somebody named, in words. */
export function overreaches(world: World, account: unknown): string | undefined {
  // Left out, a machine or a service runs as the project's default account, which is made an editor.
  if (account === undefined) return 'the project’s default account';
  if (!accountOf(world, account) && world.values.foreign === true) return `whatever ${String(account)} holds elsewhere`;
  for (const speaker of speakers(world, account)) {
    const more = grants(world).find((one) => isMember(one, speaker) && isMore(one));
    if (more) return `${more.id} as ${speaker}`;
  }
  return abroad(world, account);
}

function isMore({ on, role, deeds }: Grant): boolean {
  if (WIDE.includes(on)) return !OF_PROJECTS.includes(role.replace(/^roles\//, ''));
  return deeds.includes('own') || deeds.includes('set-policy');
}

/** The accounts as which one comes to speak with the token of one, and with theirs in turn. */
function speakers(world: World, account: unknown): readonly string[] {
  const known = new Set([String(account)]);
  for (const one of known)
    for (const other of ofType(world, 'google_service_account'))
      if (allow(world, 'speak', other).some((grant) => isMember(grant, one)))
        known.add(email(String(other.properties.account_id)));
  return [...known];
}

/** An account of another project as which it may speak. */
function abroad(world: World, account: unknown): string | undefined {
  if (world.values.foreign !== true) return undefined;
  return grants(world).find(
    (one) =>
      one.on === 'service_account' &&
      one.target === undefined &&
      one.deeds.includes('speak') &&
      speakers(world, account).some((speaker) => isMember(one, speaker)),
  )?.id;
}

/** The first but an account itself who comes to speak as it. */
export function speaksAs(world: World, account: unknown): string | undefined {
  const own = accountOf(world, account);
  if (!own) return undefined;
  const stranger = ({ members }: Grant) => members.some((one) => one !== `serviceAccount:${String(account)}`);
  return allow(world, 'speak', own).find(stranger)?.id ?? keyOf(world, own);
}

function keyOf(world: World, own: Resource): string | undefined {
  return ofType(world, 'google_service_account_key').find(({ properties }) =>
    [own.id, own.properties.account_id].includes(String(properties.service_account_id).split('/').pop()),
  )?.id;
}
