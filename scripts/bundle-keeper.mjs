// Bundles the keeper and all it imports into one file that runs where nothing is installed but node; readable, so that it can be audited.
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

const outfile = process.argv[2] ?? new URL('../dist/keeper.js', import.meta.url).pathname;
await build({
  entryPoints: [new URL('../lib/keeper/main.ts', import.meta.url).pathname],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'eof',
  logLevel: 'warning',
});
chmodSync(outfile, 0o755);
