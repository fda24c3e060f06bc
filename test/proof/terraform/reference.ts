import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prove, type Report } from '../../../lib/proof';
import { applied, type Configuration, planned, written } from './forms';

/** A configuration with its data sources. */
export interface Stack {
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
  readonly data: Record<string, Record<string, Record<string, unknown>>>;
}

const TEXT = readFileSync(join(__dirname, 'reference.tf.json'), 'utf8');

/** The hand-written isolation; a copy of its own for each caller, to change. */
export function referenceConfiguration(): Stack {
  return JSON.parse(TEXT) as Stack; // the file beside this one
}

/** The forms in which Terraform shows a configuration. */
export const FORMS: readonly (readonly [string, (resource: Configuration, data?: Configuration) => object])[] = [
  ['a configuration', written],
  ['a plan', planned],
  ['a state', applied],
];

export function judged({ resource, data }: Stack, form = written): Report {
  return prove([{ name: 'stack', document: form(resource, data) }]);
}
