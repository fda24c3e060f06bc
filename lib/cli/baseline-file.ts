import { readFileSync } from 'node:fs';
import type { Report } from '../proof';
import { CliError } from './exits';
import { lazy } from './layers';
import { writeNew } from './write-file';

const LARGEST = 1024 * 1024;
const HEAD = `# What is known and stays for now. Write each reason: an entry without one is refused.
# An entry that matches nothing any more is reported; \`until\` is the last day on which one holds.
`;

/**
 * The parsed baseline, not yet checked.
 * @throws CliError when the file isn't there or isn't YAML.
 */
export function readBaselineFile(path: string): unknown {
  const text = textOf(path);
  const { parse } = lazy.yaml();
  try {
    return parse(text, { logLevel: 'error', maxAliasCount: 0 });
  } catch {
    throw new CliError(`--baseline: expected one document of YAML, got ${path}, which is none [baseline-unreadable]`);
  }
}

function textOf(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CliError(`--baseline: expected a file that can be read, got ${path} [file-missing]`);
  }
  if (text.length > LARGEST)
    throw new CliError(`--baseline: expected at most ${LARGEST} characters, got ${text.length} [baseline-too-large]`);
  return text;
}

/** Writes what is open and unproven, for somebody to give each a reason. Never over a file that is there. */
export function writeBaselineFile(path: string, { findings }: Report): void {
  const { stringify } = lazy.yaml();
  writeNew('--write-baseline', path, HEAD + stringify(lazy.proof().baselineOf(findings), { lineWidth: 0 }));
}
