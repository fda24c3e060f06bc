import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of this package; found from `lib/cli` and from `dist/lib/cli` alike. */
export function packageVersion(): string {
  for (const up of ['../..', '../../..']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(join(__dirname, up, 'package.json'), 'utf8'));
      if (typeof parsed === 'object' && parsed && 'version' in parsed) return String(parsed.version);
    } catch {
      continue;
    }
  }
  return '0.0.0';
}
