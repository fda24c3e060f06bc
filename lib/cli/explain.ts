import { decide, REASONS, type Decision } from '../policy';
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
    const meaning = REASONS[decision.reason];
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
    [decision.verdict, `${decision.reason}: ${REASONS[decision.reason]}`],
    ['upstream', decision.upstream],
    ['rule', decision.rule],
    ['credential', decision.credential],
  ];
  return rows.map(([name, value]) => (value === undefined ? '' : `${name.padEnd(10)}  ${printable(value)}\n`)).join('');
}
