import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../..');

const NOT_SOURCE = new Set(['node_modules', 'dist', '.cache', '.git', 'cdk.out', 'cdktf.out', 'coverage']);

/** What `npm pack` makes of this source, built in a copy from nothing. */
export interface Tarball {
  readonly path: string;
  readonly files: readonly string[];
}

export function pack(): Tarball {
  const copy = temporaryFolder('pack');
  cpSync(ROOT, copy, {
    recursive: true,
    filter: (path) => !(dirname(path) === ROOT && NOT_SOURCE.has(basename(path))),
  });
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'));
  const said = execFileSync('npm', ['pack', '--json', '--pack-destination', copy], {
    cwd: copy,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // npm's own document, after whatever the build printed
  const [packed] = JSON.parse(said.slice(said.indexOf('[\n'))) as [{ filename: string; files: { path: string }[] }];
  return { path: join(copy, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** An empty project that has installed the tarball, and nothing else. */
export function install(tarball: string): string {
  const project = temporaryFolder('project');
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'stranger', version: '1.0.0', private: true }));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return project;
}

/** The same project once more. */
export function copyOf(project: string): string {
  const copy = temporaryFolder('project');
  cpSync(project, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Lends the project a package of ours, as if it had installed it. */
export function lend(project: string, name: string): void {
  const to = join(project, 'node_modules', name);
  mkdirSync(dirname(to), { recursive: true });
  symlinkSync(realpathSync(join(ROOT, 'node_modules', name)), to);
}

/** How a program of the project ended, and what it said. */
export function inside(project: string, program: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: project,
    encoding: 'utf8',
    input,
    env: process.env,
  });
  return { status, stdout, stderr };
}

function temporaryFolder(label: string): string {
  return mkdtempSync(join(realpathSync(tmpdir()), `anchorhold-${label}-`));
}
