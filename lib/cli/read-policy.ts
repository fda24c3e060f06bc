import { checkPolicy, type Policy, type Problem } from '../policy';
import { readText } from './read-text';
import type { Terminal } from './terminal';

/** Past 1 MiB of characters a policy is a problem of its own; past these bytes it isn't read on. */
const POLICY = {
  what: 'a policy file',
  unreadable: 'policy-unreadable',
  most: 4 * 1024 * 1024,
  tooLarge: 'document-too-large',
};

/** What a policy file turned out to be: `policy` is absent when there are problems. */
export interface ReadPolicy {
  readonly problems: readonly Problem[];
  readonly policy?: Policy;
}

/**
 * Reads and checks a policy; `-` is standard input.
 * @throws CliError when there is nothing to read.
 */
export async function readPolicy(path: string, terminal: Terminal): Promise<ReadPolicy> {
  return checkPolicy(await readText(path, POLICY, terminal));
}
