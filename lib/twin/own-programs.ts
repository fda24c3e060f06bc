import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Identity } from './identity';
import type { Staged } from './namespaces';
import { codeRoot } from './program';
import type { RunDirectory } from './run-directory';
import { stagePoint } from './system-mounts';

/** Our own code, node and Envoy where the proxy's id can read them, whoever's home they are installed in. */
export interface OwnPrograms {
  readonly code: string;
  readonly node: string;
  readonly envoy: string;
  readonly staged: readonly Staged[];
}

/** Makes the mount points; the mounts themselves are made inside, from `staged`. */
export function stageOwnPrograms(envoy: string, identity: Identity, directory: RunDirectory): OwnPrograms {
  if (!identity.separate) return { code: codeRoot(), node: process.execPath, envoy, staged: [] };
  const staged: Staged[] = [];
  const stage = (from: string, name: string): string => {
    const to = stagePoint(from, join(directory.staged, name), directory);
    staged.push({ from, to });
    return to;
  };
  const code = join(directory.staged, 'code');
  mkdirSync(code, { mode: 0o755 });
  for (const part of codeParts()) stage(realpathSync(join(codeRoot(), part)), join('code', part));
  return { code, node: stage(process.execPath, 'node'), envoy: stage(envoy, 'envoy'), staged };
}

/** Not the whole project: its own folder may be closed to other ids, and what else lies in it is no business of the proxy. */
function codeParts(): readonly string[] {
  const [own = ''] = relative(codeRoot(), __dirname).split(sep);
  return [...new Set([own, 'node_modules', 'package.json'])].filter((part) => existsSync(join(codeRoot(), part)));
}
