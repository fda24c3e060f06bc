import type { Candidate } from './claim';
import { type Account, sameAccount } from './gcp-accounts';
import type { GcpModel } from './gcp-model';
import { setting } from './terraform-blocks';
import { and } from './value';

/** What runs, or calls, with an account besides the proxy: it has the account's token. */
export function runningAs(model: GcpModel, account: Account): Candidate[] {
  const workloads = model.others.flatMap((one): Candidate[] => {
    if (!one.account) return [];
    const truth = and(one.resource.exists, sameAccount(one.account, account));
    return truth === false ? [] : [way(one.id, 'service_account', truth)];
  });
  const schedules = model.terraform.ofType('google_cloud_scheduler_job').flatMap(({ id, properties, exists }) =>
    ['oauth_token', 'oidc_token'].flatMap((token): Candidate[] => {
      const caller = model.accounts.of(setting(properties, 'http_target', token, 'service_account_email'));
      const truth = caller ? and(exists, sameAccount(caller, account)) : false;
      return truth === false ? [] : [way(id, `http_target.${token}`, truth)];
    }),
  );
  return [...workloads, ...schedules];
}

function way(id: string, by: string, truth: Candidate['truth']): Candidate {
  return {
    truth,
    path: [{ id, by }],
    reason: `${id} has the account of the proxy`,
    change: `give ${id} an account of its own`,
  };
}
