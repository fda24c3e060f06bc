import type { Named, Names } from './gcp-names';
import { keyOf, Reference, shown, type Truth, Unknown, unknownIn, type Value } from './value';

const ACCOUNT = 'google_service_account';

/** A service account, as settings name it. */
export interface Account {
  /** Its e-mail, or what stands for it. */
  readonly key: string | undefined;
  readonly named: Named;
  readonly unknown: Unknown | undefined;
}

/** Service accounts, and whether a member of a grant is one of them. */
export class Accounts {
  private readonly known = new Map<string, Account>();

  constructor(private readonly names: Names) {}

  of(value: Value | undefined): Account | undefined {
    if (value === undefined || value === null) return undefined;
    const key = keyOf(value);
    const before = key === undefined ? undefined : this.known.get(key);
    if (before) return before;
    const account = this.read(value, key);
    if (key !== undefined) this.known.set(key, account);
    return account;
  }

  private read(value: Value, key: string | undefined): Account {
    const email = typeof value === 'string' ? /^([^@]+)@([^.]+)\.iam\.gserviceaccount\.com$/.exec(value) : null;
    const path = email ? `projects/${email[2] ?? ''}/serviceAccounts/${email[1] ?? ''}` : undefined;
    const named =
      value instanceof Reference || path === undefined
        ? this.names.find(value, ACCOUNT)
        : this.names.find(path, ACCOUNT);
    const plain = named.kind === 'foreign' ? { ...named, id: shown(value) } : named;
    return { key, named: plain, unknown: unknownIn(value) ?? (key === undefined ? malformed(value) : undefined) };
  }

  /** Whether a member of a grant is this account, or everybody. */
  isMember(member: Value, account: Account): Truth {
    if (member === 'allUsers' || member === 'allAuthenticatedUsers') return true;
    const unknown = unknownIn(member) ?? (keyOf(member) === undefined ? malformed(member) : undefined);
    if (unknown) return unknown;
    const key = keyOf(member) ?? '';
    if (account.unknown) return account.unknown;
    if (/^principalSet:/.test(key) && !/\/subject\//.test(key) && !/workloadIdentityPools|workforcePools/.test(key))
      return Unknown.of(`member(${key})`, `${shown(member)} holds no agent’s account`);
    return key === `serviceAccount:${account.key ?? ''}` || key === account.key;
  }
}

/** Whether two settings name one account. */
export function sameAccount(one: Account, other: Account): Truth {
  return (
    one.unknown ??
    other.unknown ??
    (one.key === other.key || (one.named.kind === 'resource' && one.named.id === other.named.id))
  );
}

function malformed(value: Value): Unknown {
  return Unknown.of(`account(${shown(value)})`, `${shown(value)} is an account that opens nothing`);
}
