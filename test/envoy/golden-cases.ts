import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type Compiled } from '../../lib/envoy';
import { definePolicy, type Policy } from '../../lib/policy';

const FOLDER = join(__dirname, 'golden');

/** One golden directory: `policy.json` in, `bootstrap.json` out. */
export interface GoldenCase {
  readonly name: string;
  readonly file: string;
  readonly policy: Policy;
  readonly compiled: Compiled;
}

/** Every golden directory, compiled with the default layout. */
export function goldenCases(): readonly GoldenCase[] {
  return readdirSync(FOLDER)
    .sort()
    .map((name) => {
      const policy = definePolicy(readFileSync(join(FOLDER, name, 'policy.json'), 'utf8'));
      return { name, file: join(FOLDER, name, 'bootstrap.json'), policy, compiled: compile(policy) };
    });
}
