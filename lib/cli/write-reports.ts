import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Report } from '../proof';
import type { Source } from '../report';
import { writeBaselineFile } from './baseline-file';
import { lazy } from './layers';
import { packageVersion } from './package-version';
import type { ProveFlags } from './prove';
import type { ReadTemplate } from './read-templates';
import { writeWhole } from './write-file';

/**
 * Writes the files a command line of `prove` asks for.
 * @param told called with a sentence for each.
 * @throws CliError when one can't be written.
 */
export function writeReports(
  report: Report,
  templates: readonly ReadTemplate[],
  { writeBaseline, sarif, html }: ProveFlags,
  told: (says: string) => void,
): void {
  const claims = lazy.proof().claimTexts(report);
  if (sarif !== undefined) {
    const sources = templates.map(sourceOf);
    writeWhole('--sarif', sarif, lazy.report().sarif({ report, claims, sources, version: packageVersion() }));
    told(`wrote ${sarif}`);
  }
  if (html !== undefined) {
    const names = templates.map(({ name }) => name);
    writeWhole('--html', html, lazy.report().page({ report, claims, templates: names, version: packageVersion() }));
    told(`wrote ${html}`);
  }
  if (writeBaseline !== undefined) {
    writeBaselineFile(writeBaseline, report);
    told(`wrote ${writeBaseline}: give each entry its reason, then pass it with --baseline`);
  }
}

/** Below the current directory a file is named from there, as a repository's root is where a check runs. */
function sourceOf({ name, path, text }: ReadTemplate): Source {
  const below = relative(process.cwd(), resolve(path));
  const outside = below.startsWith('..') || isAbsolute(below);
  const uri = outside ? pathToFileURL(resolve(path)).href : below.split(sep).map(encodeURIComponent).join('/');
  return { name, uri, text };
}
