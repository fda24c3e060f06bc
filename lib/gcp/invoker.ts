import { Token } from 'cdktf';

/** Starts what is defined and changes nothing of it: overrides of arguments and environment are another permission. */
export const INVOKER_ROLE = 'roles/run.invoker';

const NAMED = /^(?:user|group|serviceAccount|principal|principalSet):.+$/;

/** @throws Error `invoker-public` when it isn't somebody by name */
export function checkInvoker(member: string): string {
  if (NAMED.test(member) || Token.isUnresolved(member)) return member;
  throw new Error(
    `member: expected a named caller such as "serviceAccount:launcher@acme-agents.iam.gserviceaccount.com", got "${member}": anyone could start the agent [invoker-public]`,
  );
}

/** Id of the grant among a construct's children. */
export function invokerId(member: string): string {
  return `Invoker-${Token.isUnresolved(member) ? 'given' : member.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
