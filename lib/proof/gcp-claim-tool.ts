import type { Candidate } from './claim';
import type { GcpClaim } from './gcp-claim';
import { admitted, requests } from './gcp-claim-inbound';
import { sharedAccount, speakers } from './gcp-claim-secrets';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import { wideRole } from './gcp-wide-role';
import type { GcpWorkload } from './gcp-workloads';
import { and, or, shown, type Truth, Unknown, type Value } from './value';

/** A tool's rights are of use to its proxy alone, by the calls that the policy allows. */
export const gcpToolClaim: GcpClaim = {
  id: 'tool',
  says: 'A tool may do only what is named, and only the proxy calls it.',
  attack:
    'Code of the agent calls the tool past the proxy, without rule or record; or a flaw of the tool is worth whatever its account may do.',
  of: 'tool',
  prove: (model, workload) => [
    {
      destination: 'callers but the proxy',
      candidates: [...fronts(model, workload), ...invokers(model, workload), ...impostors(model, workload)],
      closed: 'requests come from inside alone, and only the proxy’s account holds the right to call it',
    },
    {
      destination: 'more of the cloud than is named',
      candidates: [...wideRole(model, workload), ...sharedAccount(model, workload)],
      closed: 'its account is one of its own, and holds roles on single resources',
    },
  ],
};

/** Ways to it that ask for no right. Jobs and services listen on no interface of a network. */
function fronts(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const { form } = workload;
  if (form === 'service' || form === 'oldService') return requests(model, workload);
  return form === 'job' ? [] : admitted(model, workload);
}

/** Whoever the documents let call it. */
function invokers(model: GcpModel, workload: GcpWorkload): Candidate[] {
  return model.grants.all.flatMap((grant) => {
    const truth = and(grant.exists, gives(grant, 'invoke', model.grants), model.grants.isAbout(grant, workload.id));
    if (truth === false) return [];
    return grant.members.flatMap((member): Candidate[] => {
      const other = isOther(model, member);
      if (other === false) return [];
      return [
        {
          truth: and(truth, other),
          path: [
            { id: grant.id, by: `${grant.by} ${shown(member)}` },
            { id: workload.id, by: grant.role ?? 'a role that isn’t known' },
          ],
          reason: `${shown(member)} may call it, past the proxy`,
          change: `remove ${shown(member)} from ${grant.id}`,
        },
      ];
    });
  });
}

/** With the proxy's token one calls it as the proxy. */
function impostors(model: GcpModel, { form, id }: GcpWorkload): Candidate[] {
  if (form === 'machine' || form === 'workerPool') return [];
  return model.proxies
    .flatMap((proxy) => speakers(model, proxy, (member) => isOther(model, member) !== false))
    .map((way) => ({ ...way, path: [...way.path, { id, by: 'the right of the proxy’s account to call it' }] }));
}

/** Whether a member is anybody but the proxy. */
function isOther(model: GcpModel, member: Value): Truth {
  if (member === 'allUsers' || member === 'allAuthenticatedUsers') return true;
  const proxy = or(
    ...model.proxies.map(({ account }) => (account ? model.accounts.isMember(member, account) : false)),
    ...model.unsure.map(({ truth }) => truth),
  );
  return proxy instanceof Unknown ? proxy : !proxy;
}
