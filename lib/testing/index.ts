/**
 * Matchers for tests of what a policy lets through and of what a template does. Importing this module adds them to a global
 * `expect` where there is one (jest, or vitest with `globals`); elsewhere: `expect.extend({ ...policyMatchers, ...proofMatchers })`.
 */
import { policyMatchers, type AllowedBy, type AskedRequest } from './policy-matchers';
import { proofMatchers, type ConfineOptions } from './proof-matchers';
import type { Reason } from '../policy';

export { policyMatchers, type AllowedBy, type AskedRequest, type MatcherResult } from './policy-matchers';
export { proofMatchers, type ConfineOptions } from './proof-matchers';

declare global {
  // jest's own types are extended this way only
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    // the type parameter must be named as jest names it
    interface Matchers<R> {
      /** The policy allows the request, by this rule and with this credential where they are given. */
      toAllow(request: AskedRequest, by?: AllowedBy): R;
      /** The policy denies the request, for this reason where it is given. */
      toDeny(request: AskedRequest, reason?: Reason): R;
      /**
       * Everything about this agent is closed or accepted: its logical id, or the beginning of it, such as the construct's id;
       * without one, every agent of the template.
       */
      toConfine(agent?: string, options?: ConfineOptions): R;
    }
  }
}

const framework: unknown = Reflect.get(globalThis, 'expect');
if (hasExtend(framework)) framework.extend({ ...policyMatchers, ...proofMatchers });

function hasExtend(value: unknown): value is { extend(matchers: object): void } {
  return typeof value === 'function' && 'extend' in value && typeof value.extend === 'function';
}
