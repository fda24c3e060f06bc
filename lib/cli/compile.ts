import { toDocument, type Policy } from '../policy';
import { showProblems } from './check';
import { jsonDocument } from './document';
import { EXIT } from './exits';
import { lazy } from './layers';
import { readPolicy } from './read-policy';
import type { Terminal } from './terminal';
import { writeDirectory } from './write-directory';

export interface CompileOptions {
  /** Directory to write the run directory's files into. @default - the bootstrap is printed */
  readonly out?: string;
  /** Print the normalised document instead of the bootstrap. @default false */
  readonly showPolicy?: boolean;
  /** @default false */
  readonly json?: boolean;
}

/** The bootstrap and its side files; the same bytes each time. */
export async function compile(path: string, options: CompileOptions, terminal: Terminal): Promise<number> {
  const read = await readPolicy(path, terminal);
  if (!read.policy) return showProblems('compile', read, options.json, terminal);
  const compiled = lazy.envoy().compile(read.policy);
  const written = options.out === undefined ? undefined : await writeDirectory(options.out, compiled.files);
  if (options.json) {
    terminal.out(
      jsonDocument('compile', {
        sound: true,
        policy: compiled.policy,
        ...(options.showPolicy && { document: toDocument(read.policy) }),
        ...(options.out === undefined ? { files: compiled.files } : { out: options.out, written }),
      }),
    );
    return EXIT.done;
  }
  terminal.out(printed(read.policy, compiled.bootstrap, options, written));
  return EXIT.done;
}

function printed(policy: Policy, bootstrap: string, options: CompileOptions, written?: readonly string[]): string {
  if (options.showPolicy) return lazy.yaml().stringify(toDocument(policy), { lineWidth: 0 });
  return written ? written.map((path) => `${path}\n`).join('') : bootstrap;
}
