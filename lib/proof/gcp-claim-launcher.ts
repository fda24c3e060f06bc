import type { Candidate } from './claim';
import { publicInvokers } from './gcp-claim-inbound';
import { gcpPlacementDoubts, type GcpClaim } from './gcp-claim';
import type { Grant } from './gcp-grants';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import type { GcpWorkload } from './gcp-workloads';
import { and, shown, type Truth } from './value';

const ACCOUNT = 'google_service_account';

/** Whoever may start the workload can't start it with less around it. */
export const gcpLauncherClaim: GcpClaim = {
  id: 'launcher',
  says: 'Whoever may start it chooses neither its network nor its account; nobody in the documents may change what holds it.',
  attack:
    'Who holds roles/run.developer deploys the same job without its network; who may change firewall, routes or names opens it from outside.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'launch fields that loosen it',
      candidates: [
        ...gcpPlacementDoubts(workload, 'a looser launch'),
        ...(workload.form === 'job' ? publicInvokers(model, workload) : []),
      ],
      closed:
        'a run takes network, account and image from its definition; who starts it may at most choose arguments and variables',
    },
    {
      destination: 'identities that may loosen it',
      candidates: model.grants.all.flatMap((grant) => looseners(model, workload, grant)),
      closed: 'nobody in the documents may change it or what holds it',
    },
  ],
};

function looseners(model: GcpModel, workload: GcpWorkload, grant: Grant): Candidate[] {
  const truth = and(grant.exists, gives(grant, 'loosen', model.grants), near(grant, workload, model));
  if (truth === false) return [];
  return grant.members.map((member) => ({
    truth,
    path: [
      { id: grant.id, by: `${grant.by} ${shown(member)}` },
      { id: workload.id, by: grant.role ?? 'a role that isn’t known' },
    ],
    reason: `${shown(member)} may change it, or what holds it`,
    change: `remove ${shown(member)} from ${grant.id}; roles/run.invoker starts it as it is`,
  }));
}

/** Set when nobody knows which account it is: it may be any of the documents. */
function unsure(account: GcpWorkload['account']): Truth {
  if (account?.unknown) return account.unknown;
  return account?.named.kind === 'unknown' ? account.named.unknown : false;
}

/** Whether a grant is about the workload, its account or what is around it: on one of them, or on all of the project. */
function near(grant: Grant, { id, account }: GcpWorkload, { grants, proxies }: GcpModel): Truth {
  if (grant.unknownTarget) return grant.unknownTarget;
  if (grants.isWide(grant)) return true;
  const around = new Set([id, account?.named.id, ...proxies.flatMap((proxy) => [proxy.id, proxy.account?.named.id])]);
  if (grant.target) return around.has(grant.target.id) || (grant.target.type === ACCOUNT && unsure(account));
  // Grants on single networks, machines, zones, tags: all of them may be what is around it.
  return /^(?:compute|dns|iap|tags|network|access_context)_/.test(grant.on);
}
