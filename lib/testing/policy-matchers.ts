import { decide, type Decision, type Policy, type Reason } from '../policy';

/** A request as a test writes it: `POST https://api.example.com/v1/messages`, or with headers. */
export type AskedRequest =
  | string
  | {
      readonly method: string;
      readonly url: string;
      /** Name and value each. @default - none */
      readonly headers?: readonly (readonly [string, string])[];
    };

/** What an allowed request must have been allowed by. */
export interface AllowedBy {
  /** The rule, as the decision names it. @default - any */
  readonly rule?: string;
  /** Name of the secret that proves who asks, or null for a request that must go out bare. @default - any */
  readonly credential?: string | null;
}

/** What `expect.extend` takes; jest's and vitest's contract alike. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/**
 * Matchers for `expect.extend`, of jest and of vitest: `expect(policy).toAllow('GET https://…')` and
 * `expect(policy).toDeny('GET https://…', 'path-not-allowed')`.
 */
export const policyMatchers = {
  toAllow(received: unknown, request: AskedRequest, by: AllowedBy = {}): MatcherResult {
    const { decision, asked } = judge(received, request);
    const pass =
      decision.verdict === 'allow' &&
      (by.rule === undefined || decision.rule === by.rule) &&
      (by.credential === undefined || (decision.credential ?? null) === by.credential);
    const wanted = [
      by.rule === undefined ? '' : ` by rule "${by.rule}"`,
      by.credential === undefined
        ? ''
        : ` with ${by.credential === null ? 'no credential' : `credential "${by.credential}"`}`,
    ].join('');
    return {
      pass,
      message: () => `expected the policy ${pass ? 'not ' : ''}to allow ${asked}${wanted}, got ${text(decision)}`,
    };
  },

  toDeny(received: unknown, request: AskedRequest, reason?: Reason): MatcherResult {
    const { decision, asked } = judge(received, request);
    const pass = decision.verdict === 'deny' && (reason === undefined || decision.reason === reason);
    const wanted = reason === undefined ? '' : ` as "${reason}"`;
    return {
      pass,
      message: () => `expected the policy ${pass ? 'not ' : ''}to deny ${asked}${wanted}, got ${text(decision)}`,
    };
  },
};

function judge(received: unknown, request: AskedRequest): { decision: Decision; asked: string } {
  if (!isPolicy(received)) throw new TypeError('expected a policy made by definePolicy(), got something else');
  const { method, url, headers = [] } = typeof request === 'string' ? split(request) : request;
  return { decision: decide(received, { method, url, headers }), asked: `${method} ${url}` };
}

function split(request: string): { method: string; url: string; headers?: undefined } {
  const space = request.indexOf(' ');
  if (space > 0) return { method: request.slice(0, space), url: request.slice(space + 1) };
  throw new TypeError(`expected a request as "METHOD https://host/path", got ${JSON.stringify(request)}`);
}

/** Only what `definePolicy` made has a digest and a frozen list of upstreams. */
function isPolicy(value: unknown): value is Policy {
  return typeof value === 'object' && value !== null && 'digest' in value && 'upstreams' in value;
}

function text({ verdict, reason, rule, credential }: Decision): string {
  const by = [
    rule === undefined ? '' : `, rule "${rule}"`,
    credential === undefined ? '' : `, credential "${credential}"`,
  ];
  return `${verdict} (${reason}${by.join('')})`;
}
