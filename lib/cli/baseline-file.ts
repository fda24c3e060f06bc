import type { Report } from '../proof';
import { CliError } from './exits';
import { lazy } from './layers';
import { readText } from './read-text';
import type { Terminal } from './terminal';
import { writeNew } from './write-file';

const BASELINE = {
  what: 'a baseline file',
  unreadable: 'baseline-unreadable',
  most: 1024 * 1024,
  tooLarge: 'baseline-too-large',
};
const HEAD = `# What is known and stays for now. Write each reason: an entry without one is refused.
# An entry that matches nothing any more is reported; \`until\` is the last day on which one holds.
`;

/**
 * The parsed baseline, not yet checked.
 * @throws CliError when the file isn't there or isn't YAML.
 */
export async function readBaselineFile(path: string, terminal: Terminal): Promise<unknown> {
  const text = await readText(path, BASELINE, terminal);
  const { parse } = lazy.yaml();
  try {
    return parse(text, { logLevel: 'error', maxAliasCount: 0 });
  } catch {
    throw new CliError(`--baseline: expected one document of YAML, got ${path}, which is none [not-a-document]`);
  }
}

/** Writes what is open and unproven, for somebody to give each a reason. Never over a file that is there. */
export function writeBaselineFile(path: string, { findings }: Report): void {
  const { stringify } = lazy.yaml();
  writeNew('--write-baseline', path, HEAD + stringify(lazy.proof().baselineOf(findings), { lineWidth: 0 }));
}
