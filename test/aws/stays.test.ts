import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Resource } from './stack';

const FOLDER = join(__dirname, '../../examples');
const EXAMPLES = readdirSync(FOLDER).filter((name) => name.startsWith('aws-'));

/** A resource as an expected template has it. */
type Kept = Resource & { readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string };

test.each(EXAMPLES)('of %s nothing stays after its stack but logs, and they leave after a year', (name) => {
  const file = join(FOLDER, name, 'expected.yaml');
  // The shape is CloudFormation's own; the file is compared with the template by another test.
  const { Resources } = parse(readFileSync(file, 'utf8')) as { Resources: Record<string, Kept> };
  const kept = Object.values(Resources).filter(({ DeletionPolicy = 'Delete' }) => DeletionPolicy !== 'Delete');
  expect(kept.length).toBeGreaterThan(2);
  expect(new Set(kept.map(({ Type, Properties }) => `${Type} ${String(Properties.RetentionInDays)}`))).toEqual(
    new Set(['AWS::Logs::LogGroup 365']),
  );
});
