import { decide, type Decision, type Reason } from '../policy';
import { showProblems } from './check';
import { jsonDocument } from './document';
import { CliError, EXIT } from './exits';
import { readPolicy } from './read-policy';
import { printable, type Terminal } from './terminal';

export interface ExplainOptions {
  /** `name: value` each. @default - none */
  readonly header?: readonly string[];
  /** @default false */
  readonly json?: boolean;
}

/** What each reason means to the author of an agent. */
const MEANING: Readonly<Record<Reason, string>> = {
  'rule-matched': 'a rule of the upstream allows it',
  passthrough: 'the host is passed through unseen; the proxy sees neither method nor path',
  'host-not-listed': 'no upstream of the policy has this host and port',
  'scheme-not-https': 'only https:// URLs are judged; the proxy sends nothing in clear text',
  'malformed-authority': 'the host or port is not written the one way every parser reads alike',
  'malformed-method': 'the method is not one that HTTP clients use for requests',
  'malformed-path': 'the path could be read two ways (dot segments, escaped slashes, parameters, odd bytes)',
  'malformed-query': 'the query holds a byte that two parsers could read differently',
  'malformed-header': 'a header could be read two ways',
  'authority-mismatch': 'the Host header names another host than the URL',
  'header-denied': "a header that the policy's `headers.deny` names was sent",
  'credential-in-query': 'the query carries a key or a signature; only the proxy proves who the agent is',
  'method-not-allowed': 'a rule has this path, none with this method',
  'path-not-allowed': 'no rule of the upstream has this path',
  'query-not-allowed': 'the rule for this path pins another query',
  'websocket-not-allowed': 'the upstream does not say `websocket: true`',
};

/** The decision on one request, and its reason. */
export async function explain(
  path: string,
  method: string,
  url: string,
  options: ExplainOptions,
  terminal: Terminal,
): Promise<number> {
  const headers = (options.header ?? []).map(headerOf);
  const read = await readPolicy(path, terminal);
  if (!read.policy) return showProblems('explain', read, options.json, terminal);
  const decision = decide(read.policy, { method, url, headers });
  if (options.json) {
    const { policy } = read;
    const meaning = MEANING[decision.reason];
    terminal.out(jsonDocument('explain', { sound: true, policy: policy.digest, ...decision, meaning }));
  } else {
    terminal.out(table(decision));
  }
  return decision.verdict === 'allow' ? EXIT.done : EXIT.no;
}

function headerOf(written: string): readonly [string, string] {
  const colon = written.indexOf(':');
  if (colon > 0) return [written.slice(0, colon).trim(), written.slice(colon + 1).trim()];
  // Not echoed: what follows -H may be a key.
  throw new CliError("-H: expected 'name: value', got text without a name and a colon [header-malformed]");
}

function table(decision: Decision): string {
  const rows: [string, string | undefined][] = [
    [decision.verdict, `${decision.reason}: ${MEANING[decision.reason]}`],
    ['upstream', decision.upstream],
    ['rule', decision.rule],
    ['credential', decision.credential],
  ];
  return rows.map(([name, value]) => (value === undefined ? '' : `${name.padEnd(10)}  ${printable(value)}\n`)).join('');
}
