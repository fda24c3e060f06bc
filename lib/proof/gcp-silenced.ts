import type { Candidate } from './claim';
import { sameAccount } from './gcp-accounts';
import type { GcpModel } from './gcp-model';
import type { GcpWorkload } from './gcp-workloads';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/** What keeps the proxy from writing its log, whatever roles it holds. */
export function silenced(model: GcpModel, proxy: GcpWorkload): Candidate[] {
  return [...scopes(proxy), ...denials(model, proxy)];
}

const WRITES =
  /^(?:cloud-platform|logging-write|https:\/\/www\.googleapis\.com\/auth\/(?:cloud-platform|logging\.(?:write|admin)))$/;

/** A machine's token is good for its scopes alone. */
function scopes({ id, form, template }: GcpWorkload): Candidate[] {
  if (form !== 'machine') return [];
  const account = setting(template, 'service_account');
  const listed = setting(account, 'scopes');
  // Without a block it has no account, which is said elsewhere; the provider wants scopes of every block.
  if (listed === undefined || account instanceof Unknown) return [];
  const each = listed instanceof Unknown ? [listed] : blocks(listed);
  if (each.some((one) => WRITES.test(keyOf(one) ?? ''))) return [];
  const truth: Truth = each.map((one) => unknownIn(one)).find(Boolean) ?? true;
  const path = [{ id, by: 'service_account.scopes' }];
  return [{ truth, path, reason: 'its token writes no log', change: `add the scope cloud-platform to ${id}` }];
}

/** A policy that denies is stronger than any role. */
function denials(model: GcpModel, proxy: GcpWorkload): Candidate[] {
  return model.terraform.ofType('google_iam_deny_policy').flatMap(({ id, properties, exists }): Candidate[] => {
    const rules = listed(properties, 'rules').filter((rule) => !spares(model, rule, proxy));
    const denied = rules.flatMap((rule) => listed(setting(rule, 'deny_rule'), 'denied_permissions'));
    if (![...rules, ...denied].some(isDoubtful)) return [];
    const truth = and(exists, Unknown.of(`denied(${id})`, `${id} denies the proxy no writing of logs`));
    const path = [{ id, by: 'denied_permissions' }];
    return [{ truth, path, reason: 'writing logs is denied', change: `deny nothing of logging in ${id}` }];
  });
}

function listed(value: Value | undefined, key: string): readonly Value[] {
  const found = setting(value, key);
  return found instanceof Unknown ? [found] : blocks(found);
}

/** A permission of logging, of everything, or one that can't be read. */
function isDoubtful(value: Value): boolean {
  if (value instanceof Unknown) return true;
  return typeof value === 'string' ? /^(?:\*|logging\.)/.test(value) : unknownIn(value) !== undefined;
}

/** Whether a rule is about single accounts, none of which is the proxy's. */
function spares({ accounts }: GcpModel, rule: Value, { account }: GcpWorkload): boolean {
  const principals = listed(setting(rule, 'deny_rule'), 'denied_principals');
  return principals.every((one) => {
    const [before, only, more] = one instanceof Text ? one.parts : [];
    const email = typeof one === 'string' ? SINGLE.exec(one)?.[1] : undefined;
    const isSingle = typeof before === 'string' && before.endsWith('/serviceAccounts/') && more === undefined;
    const named = accounts.of(email ?? (isSingle ? only : undefined));
    return named !== undefined && account !== undefined && sameAccount(named, account) === false;
  });
}

const SINGLE = /^principal:\/\/iam\.googleapis\.com\/projects\/-\/serviceAccounts\/(.+@.+)$/;
