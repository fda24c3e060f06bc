import type { Candidate } from './claim';
import type { Account } from './gcp-accounts';
import { accountDoubts, withoutAccount } from './gcp-claim';
import type { Grant } from './gcp-grants';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import type { GcpWorkload } from './gcp-workloads';
import type { Hop } from './report';
import { and, keyOf, Reference, shown, type Truth, Unknown, unknownIn } from './value';

/** Roles of the project that can't be given on less, and let nothing be taken. */
const WHOLE_PROJECT = new Set([
  'roles/logging.logWriter',
  'roles/monitoring.metricWriter',
  'roles/aiplatform.user',
  'roles/cloudtrace.agent',
]);

/** Somebody as whom a workload may speak: its own account first, then those whose tokens that one may make, and so on. */
interface Voice {
  readonly account: Account;
  readonly truth: Truth;
  readonly path: readonly Hop[];
}

/** What a workload's account, and those as which it may speak, may do beyond single resources. */
export function wideRole(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const { id, account } = workload;
  if (!account) return withoutAccount(workload, 'it has no account of its own');
  const voices = voicesOf(model, { account, truth: true, path: [{ id, by: 'service_account' }] });
  return [
    ...accountDoubts(workload, account, { fact: 'role', says: 'may do only what the proxy needs', may: 'do' }),
    ...voices.flatMap((voice) => [...wideGrants(model, voice), ...abroad(model, voice)]).filter(isPossible),
  ];
}

const isPossible = ({ truth }: Candidate): boolean => truth !== false;

function voicesOf(model: GcpModel, first: Voice): readonly Voice[] {
  const found = [first];
  const seen = new Map<string, Truth>([[first.account.named.id, true]]);
  for (const voice of found)
    for (const { grant, by, truth } of speaking(model, voice)) {
      const { target } = grant;
      const before = target && seen.get(target.id);
      if (!target || before === true || (before !== undefined && truth !== true)) continue;
      const account = model.accounts.of(new Reference('resource', target.id, 'email'));
      seen.set(target.id, truth);
      const path = [
        ...voice.path,
        { id: grant.id, by },
        { id: target.id, by: grant.role ?? 'a role that isn’t known' },
      ];
      if (account) found.push({ account, truth, path });
    }
  return found;
}

/** The grants on single accounts by which one speaks as those. */
function speaking(model: GcpModel, { account, truth: before }: Voice): { grant: Grant; by: string; truth: Truth }[] {
  return model.grants.of(account).flatMap(({ grant, member, truth }) => {
    if (grant.on !== 'service_account') return [];
    const sure = and(before, truth, grant.exists, gives(grant, 'impersonate', model.grants));
    return sure === false ? [] : [{ grant, by: `${grant.by} ${shown(member)}`, truth: sure }];
  });
}

/** Accounts that no document holds, or that aren't known, as which one may speak. */
function abroad(model: GcpModel, voice: Voice): Candidate[] {
  return speaking(model, voice).flatMap(({ grant, by, truth }) => {
    if (grant.target) return [];
    const fact = `the account on which ${grant.id} grants, and which no document holds, may do only what is named`;
    return [
      {
        truth: and(truth, grant.unknownTarget ?? Unknown.of(`speaks(${grant.id})`, fact)),
        path: [...voice.path, { id: grant.id, by }],
        reason: 'what an account may do as which it may speak isn’t known',
        change: '',
      },
    ];
  });
}

function wideGrants(model: GcpModel, voice: Voice): Candidate[] {
  return model.grants.of(voice.account).map(({ grant, member, truth }) => {
    const isWide = model.grants.isWide(grant);
    return {
      truth: and(voice.truth, truth, grant.exists, grant.unknownRole ?? widenessOf(model, grant)),
      path: [...voice.path, { id: grant.id, by: `${grant.by} ${shown(member)}` }],
      reason: `it holds ${grant.role ?? 'a role that isn’t known'} on ${isWide ? `the whole ${grant.on}` : grant.on.replaceAll('_', ' ')}`,
      change: `grant on single resources what ${grant.id} grants`,
    };
  });
}

/** On a single resource a role is wide that says who else may do what to it. */
function widenessOf({ grants }: GcpModel, grant: Grant): Truth {
  const { role, id } = grant;
  if (role === undefined) return false;
  if (grants.isWide(grant)) return !WHOLE_PROJECT.has(role);
  const custom = grants.permissionsOf(grant);
  if (!custom) return /(?:admin|owner|editor)$/i.test(role);
  const keys = custom.map((one) => (unknownIn(one) ? undefined : keyOf(one)));
  if (keys.some((key) => key?.endsWith('.setIamPolicy'))) return true;
  const fact = `${role}, which ${id} grants, gives no one else anything`;
  return keys.includes(undefined) ? Unknown.of(`role(${id}.own)`, fact) : false;
}
