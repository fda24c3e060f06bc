/** `synthesize-all.mjs OUT PROGRAM…`: each program into `OUT/INDEX`, in one process, so that what they share is loaded once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [out = '', ...programs] = process.argv.slice(2);
for (const [index, program] of programs.entries()) {
  process.env.CDKTF_OUTDIR = join(out, String(index));
  mkdirSync(process.env.CDKTF_OUTDIR);
  await import(pathToFileURL(program).href);
}
