import type { Named, Names } from './gcp-names';
import { keyOf, Reference, shown, Text, type Truth, Unknown, unknownIn, type Value } from './value';

const ACCOUNT = 'google_service_account';
const MEMBER = 'serviceAccount:';

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
    const plain = key.toLowerCase();
    const own = account.key?.toLowerCase();
    if (plain === `${MEMBER.toLowerCase()}${own ?? ''}` || plain === own) return true;
    const named = this.ofMember(member);
    if (named) return sameAccount(named, account);
    // A text that is made of more than an account's e-mail may come to one.
    return typeof member === 'string' ? false : malformed(member);
  }

  /** The account that a member is: an e-mail written out may be one that is otherwise named by reference. */
  private ofMember(member: Value): Account | undefined {
    if (typeof member === 'string' && /^serviceAccount:/i.test(member))
      return this.of(member.slice(MEMBER.length).toLowerCase());
    if (member instanceof Reference) return this.of(new Reference(member.kind, member.id, 'email'));
    const [before, only, more] = member instanceof Text ? member.parts : [];
    return before === MEMBER && only instanceof Reference && more === undefined ? this.of(only) : undefined;
  }
}

/** Whether two settings name one account. */
export function sameAccount(one: Account, other: Account): Truth {
  const unknown = one.unknown ?? other.unknown;
  if (unknown) return unknown;
  if (one.key === other.key || (one.named.kind === 'resource' && one.named.id === other.named.id)) return true;
  return [one.named, other.named].map((named) => named.kind === 'unknown' && named.unknown).find(Boolean) ?? false;
}

/** What isn't known of an account's rights; `says` ends the sentence about one that no document holds. */
export function accountDoubt({ named, unknown }: Account, fact: string, says: string): Unknown | undefined {
  if (unknown) return unknown;
  if (named.kind === 'unknown') return named.unknown;
  if (named.kind === 'resource') return undefined;
  return Unknown.of(`${fact}(${named.id})`, `the account ${named.id}, which no document holds, ${says}`);
}

function malformed(value: Value): Unknown {
  return Unknown.of(`account(${shown(value)})`, `${shown(value)} is an account that opens nothing`);
}
