import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AGENT_HOME, type CellMount } from './cell';
import type { Staged } from './namespaces';
import type { RunDirectory } from './run-directory';

const COPIED = [
  '/etc/localtime',
  '/etc/services',
  '/etc/protocols',
  '/etc/mime.types',
  '/etc/ld.so.cache',
  '/etc/debian_version',
  '/etc/os-release',
];
const BOUND = /^(alternatives|java-.*|fonts|perl|python3.*)$/;

/** Programs and libraries, read-only; a private /tmp and home of limited size. Nothing else of the machine. */
export function buildSystemMounts(directory: RunDirectory, bytes: number): readonly CellMount[] {
  return [
    { kind: 'bind', from: '/usr', to: '/usr' },
    ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'].flatMap(rootFolder),
    { kind: 'bind', from: join(directory.cell, 'etc'), to: '/etc' },
    ...bindsOfEtc(directory),
    { kind: 'tmpfs', to: '/tmp', bytes, mode: '1777' },
    { kind: 'tmpfs', to: '/var/tmp', bytes, mode: '1777' },
    { kind: 'tmpfs', to: AGENT_HOME, bytes, mode: '0755' },
  ];
}

/** What of this machine's /etc programs can't do without; none of it holds a secret. */
export function copyEtc(directory: RunDirectory): void {
  for (const path of COPIED) {
    if (!existsSync(path)) continue;
    const to = join(directory.cell, path);
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
    cpSync(path, to, { dereference: true });
  }
  for (const name of etcFolders()) mkdirSync(join(directory.cell, 'etc', name), { recursive: true, mode: 0o755 });
}

/** Further files the caller shows: staged first, so that the command's id can pass the folders above them. */
export function stageBinds(
  paths: readonly { readonly from: string; readonly to: string }[],
  directory: RunDirectory,
): { readonly staged: readonly Staged[]; readonly mounts: readonly CellMount[] } {
  const pairs = paths.map(({ from, to }, index) => ({
    from,
    to,
    at: stagePoint(from, join(directory.staged, String(index)), directory),
  }));
  return {
    staged: pairs.map(({ from, at }) => ({ from, to: at })),
    mounts: pairs.map(({ at, to }) => ({ kind: 'bind', from: at, to })),
  };
}

/** An empty file or folder to mount over, as the source is. */
export function stagePoint(from: string, at: string, directory: RunDirectory): string {
  if (lstatSync(from).isDirectory()) mkdirSync(at, { mode: 0o755 });
  else cpSync(directory.writeCellFile('empty', ''), at);
  return at;
}

function rootFolder(path: string): readonly CellMount[] {
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  return entry.isSymbolicLink()
    ? [{ kind: 'symlink', target: readlinkSync(path), to: path }]
    : [{ kind: 'bind', from: path, to: path }];
}

function bindsOfEtc(directory: RunDirectory): readonly CellMount[] {
  return etcFolders()
    .filter((name) => existsSync(join(directory.cell, 'etc', name)))
    .map((name) => ({ kind: 'bind', from: join('/etc', name), to: join('/etc', name) }));
}

function etcFolders(): readonly string[] {
  return readdirSync('/etc', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && BOUND.test(entry.name))
    .map(({ name }) => name);
}
