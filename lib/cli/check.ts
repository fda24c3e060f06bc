import { jsonDocument, problemDocument } from './document';
import { EXIT } from './exits';
import { readPolicy, type ReadPolicy } from './read-policy';
import { printable, type Terminal } from './terminal';

export interface CheckOptions {
  /** @default false */
  readonly json?: boolean;
}

/** All problems of a policy, one a line. */
export async function check(path: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  const read = await readPolicy(path, terminal);
  terminal.out(options.json ? jsonDocument('check', soundness(read)) : lines(read));
  return read.policy ? EXIT.done : EXIT.no;
}

/** Shown by every command that needs a sound policy and didn't get one: on standard error, or as its document. */
export function showProblems(command: string, read: ReadPolicy, json: boolean | undefined, terminal: Terminal): number {
  if (json) terminal.out(jsonDocument(command, soundness(read)));
  else terminal.err(lines(read));
  return EXIT.no;
}

function soundness({ problems, policy }: ReadPolicy): Record<string, unknown> {
  const summary = policy && { name: policy.name, digest: policy.digest, upstreams: policy.upstreams.length };
  return { sound: policy !== undefined, ...(summary && { policy: summary }), problems: problems.map(problemDocument) };
}

function lines({ problems, policy }: ReadPolicy): string {
  if (!policy) return problems.map((problem) => `${printable(problem.message)}\n`).join('');
  const count = policy.upstreams.length;
  return `${policy.name} is sound: ${count} ${count === 1 ? 'upstream' : 'upstreams'}, digest ${policy.digest}\n`;
}
