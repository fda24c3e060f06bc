import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { findEnvoy } from '../aws/find-envoy';

const FOLDER = '/run/programs';
const at = (name: string): string => join(FOLDER, name);

/** What the images would hold, where every user of a container may run it. */
export const programs = {
  keeper: [at('node'), at('keeper.js')],
  envoy: at('envoy'),
  /** PEM: whom the keeper verifies Google's stand-ins against. */
  roots: at('roots.pem'),

  /** Lays them there. The folder must be this namespace's own. */
  install(roots: string): void {
    fs.mkdirSync(FOLDER);
    execFileSync(process.execPath, [join(__dirname, '../../scripts/bundle-keeper.mjs'), at('keeper.js')]);
    fs.copyFileSync(roots, at('roots.pem'));
    fs.chmodSync(at('roots.pem'), 0o644);
    for (const [name, program] of Object.entries({ node: process.execPath, envoy: onPath(findEnvoy()) })) {
      fs.writeFileSync(at(name), '');
      execFileSync('mount', ['--bind', program, at(name)]);
    }
  },
};

function onPath(program: string): string {
  if (program.includes('/')) return program;
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}
