import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runToEnd } from './children';
import { RunRefused } from './refusal';

/** Envoy below this is known to be unsafe: path parameters, upgrade poisoning and secrets with newlines were mended in it. */
export const ENVOY_FLOOR = [1, 40, 0] as const;

/** First executable of that name on PATH. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** The folder of the package itself, from source or from `dist`. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** What our own code is loaded from: the package, or the project whose node_modules holds it. */
export function codeRoot(): string {
  const root = packageRoot();
  const at = root.indexOf('/node_modules/');
  return at < 0 ? root : root.slice(0, at);
}

/** The Envoy to run, checked: present, and not older than the floor. */
export async function findEnvoy(wanted: string | undefined): Promise<string> {
  const candidates = [
    wanted,
    process.env['ANCHORHOLD_ENVOY'],
    findProgram('envoy'),
    join(packageRoot(), '.cache', 'envoy', 'envoy'),
  ];
  const path =
    wanted === undefined
      ? candidates.find((candidate) => candidate !== undefined && isExecutable(candidate))
      : candidates[0];
  if (path === undefined || !isExecutable(path)) {
    throw new RunRefused(
      'envoy-missing',
      `expected an Envoy program, got ${path === undefined ? 'none on PATH' : `nothing executable at ${path}`}`,
      'set ANCHORHOLD_ENVOY to one of 1.40.0 or later',
    );
  }
  const { stdout, stderr } = await runToEnd([path, '--version']);
  const version = /\/(\d+)\.(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number);
  if (version === undefined || isOlder(version)) {
    const got = version?.join('.') ?? JSON.stringify((stdout + stderr).trim().slice(0, 80));
    throw new RunRefused(
      'envoy-too-old',
      `expected Envoy ${ENVOY_FLOOR.join('.')} or later, got ${got} at ${path}`,
      'older ones judge a path differently from the host it is sent to: install a newer one',
    );
  }
  return path;
}

function isOlder(version: readonly number[]): boolean {
  for (const [index, floor] of ENVOY_FLOOR.entries()) {
    const part = version[index] ?? 0;
    if (part !== floor) return part < floor;
  }
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
