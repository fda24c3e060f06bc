import type { Candidate } from './claim';
import { accountDoubts, type GcpClaim } from './gcp-claim';
import type { GcpModel } from './gcp-model';
import type { GcpWorkload } from './gcp-workloads';
import { blocks, setting } from './terraform-blocks';
import { and, shown, Unknown } from './value';

/** The token that the metadata server hands out is worth nothing. */
export const gcpRoleClaim: GcpClaim = {
  id: 'role',
  says: 'Its account holds no role.',
  attack:
    'Code of the agent fetches its account’s token from the metadata server, which no firewall rule stops, and calls Google’s APIs with it.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'its account’s token',
      candidates: [...defaultAccount(workload), ...grantWays(model, workload)],
      closed: 'its account is one of its own and holds no role',
    },
  ],
};

/** Left out, it is the project's default account, which is made with the role of an editor. */
function defaultAccount({ id, account, form, template }: GcpWorkload): Candidate[] {
  if (account) return [];
  // A machine may have no account at all; with a block that names none it has the default one.
  if (form === 'machine' && blocks(setting(template, 'service_account')).length === 0) return [];
  const path = [{ id, by: 'no service_account' }];
  if (template instanceof Unknown) return [{ truth: template, path, reason: 'its account isn’t known', change: '' }];
  return [
    {
      truth: true,
      path,
      reason: 'it runs as the default account of the project, an editor unless somebody has taken that away',
      change: `give ${id} a service account of its own, without a role`,
    },
  ];
}

function grantWays(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const { id, account } = workload;
  if (!account) return [];
  const change = 'give it an account of the documents, without a role';
  const unknown = accountDoubts(workload, account, { fact: 'account', says: 'has no role', may: 'do', change });
  const granted = model.grants.of(account).flatMap(({ grant, member, truth }): Candidate[] => {
    // What everyone has is no power of the agent's.
    if (member === 'allUsers') return [];
    return [
      {
        truth: and(truth, grant.exists),
        path: [
          { id, by: 'service_account' },
          { id: grant.id, by: `${grant.by} ${shown(member)}` },
        ],
        reason: `its account holds ${grant.role ?? 'a role that isn’t known'} on ${grant.target?.id ?? grant.on.replaceAll('_', ' ')}`,
        change: `remove ${grant.id}: what the agent needs, the proxy can do`,
      },
    ];
  });
  return [...unknown, ...granted];
}
