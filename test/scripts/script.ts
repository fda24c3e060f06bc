import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const SCRIPTS = join(__dirname, '../../scripts');

/** What a piece of a script said and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs one expression with a script's exports in scope, as scripts run: by node alone, with a PATH of our own. */
export function runScript(script: string, expression: string, env: Readonly<Record<string, string>> = {}): Said {
  const code = `
    import * as exported from ${JSON.stringify(join(SCRIPTS, script))};
    import { Refusal } from ${JSON.stringify(join(SCRIPTS, 'say.mjs'))};
    try { console.log(JSON.stringify(((it) => ${expression})(exported)) ?? 'done'); }
    catch (error) { console.error(error instanceof Refusal ? error.message : 'NOT A REFUSAL ' + error.stack); process.exitCode = 1; }`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { PATH: temporaryFolder(), HOME: temporaryFolder(), ...env },
  });
  return { code: status, out: stdout.trim(), err: stderr.trim() };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'anchorhold-scripts-'));
}

/** A folder with stand-in programs that write down their arguments; `calls` reads them. */
export function standInPrograms(programs: Readonly<Record<string, string>>): { path: string; calls(): string } {
  const path = temporaryFolder();
  const log = join(path, 'calls');
  writeFileSync(log, '');
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(path, name), `#!/bin/sh\necho "${name} $*" >>${log}\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }
  return { path: `${path}:/usr/bin:/bin:${dirname(process.execPath)}`, calls: () => readFileSync(log, 'utf8').trim() };
}
