import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The Envoy to test with: named by ANCHORHOLD_ENVOY, or the project's own, or the one on PATH. */
export function findEnvoy(): string {
  const named = process.env.ANCHORHOLD_ENVOY;
  if (named) return named;
  const cached = join(__dirname, '../../.cache/envoy/envoy');
  return existsSync(cached) ? cached : 'envoy';
}
