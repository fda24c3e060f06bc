import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Compiled } from '../envoy';
import type { Identity } from './identity';
import type { RunOptions } from './options';
import type { RunDirectory } from './run-directory';

/**
 * Writes the compiled files and the authorities into the private mount, and gives them to the proxy's id.
 * @param root the window's folder as it is inside the private mounts.
 */
export function placeCompiled(
  root: string,
  compiled: Compiled,
  { authorities = {} }: Pick<RunOptions, 'authorities'>,
  identity: Identity,
  directory: RunDirectory,
): void {
  const place = (path: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(root, path), text, { mode: 0o600 });
  };
  for (const [path, text] of Object.entries(compiled.files)) place(path, text);
  for (const [name, path] of Object.entries(authorities)) place(`ca/${name}.pem`, readFileSync(path));
  if (!identity.separate) return;
  chownTree(root, identity.window);
  chownSync(directory.sockets, identity.window, identity.window);
}

function chownTree(folder: string, uid: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chownTree(path, uid);
    chownSync(path, uid, uid);
  }
}
