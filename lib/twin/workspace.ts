import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_HOME, WORKSPACE, type CellMount } from './cell';
import { runToEnd } from './children';
import { findCredentialFiles, type CredentialFile } from '../credential-files';
import type { Identity } from './identity';
import type { Staged } from './namespaces';
import type { Overlay, WorkspaceOptions } from './options';
import { applyChanges, compareTrees } from './overlay';
import { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

/** The files of this machine that the command works on. */
export interface Workspace {
  readonly directory: string;
  readonly mounts: readonly CellMount[];
  readonly staged: readonly Staged[];
  readonly hidden: readonly CredentialFile[];
  /** Looks at what was changed, once the command has ended. @default - the kind keeps nothing */
  readonly collect?: () => Overlay;
}

/** Prepares it; what is mounted is a bind of a bind, so that ids that can't pass the caller's folders still read it. */
export async function prepareWorkspace(
  options: WorkspaceOptions | undefined,
  folder: string | undefined,
  directory: RunDirectory,
  identity: Identity,
  bytes: number,
): Promise<Workspace> {
  if (folder === undefined) {
    if (options?.kind !== 'tmp') return { directory: AGENT_HOME, mounts: [], staged: [], hidden: [] };
    return {
      directory: WORKSPACE,
      mounts: [{ kind: 'tmpfs', to: WORKSPACE, bytes, mode: '0755' }],
      staged: [],
      hidden: [],
    };
  }
  const hidden = findCredentialFiles(folder);
  const to = join(directory.staged, 'workspace');
  mkdirSync(to, { mode: 0o755 });
  if (options?.kind === 'overlay') return prepareOverlay(folder, to, hidden, directory, identity);
  return {
    directory: WORKSPACE,
    mounts: [{ kind: 'bind', from: to, to: WORKSPACE }, ...hidden.map((file) => cover(file, directory))],
    staged: [{ from: folder, to }],
    hidden,
  };
}

async function prepareOverlay(
  folder: string,
  to: string,
  hidden: readonly CredentialFile[],
  directory: RunDirectory,
  identity: Identity,
): Promise<Workspace> {
  const copy = directory.overlay;
  mkdirSync(copy, { mode: 0o700 });
  const copied = await runToEnd(['cp', '-a', '--reflink=auto', '--', `${folder}/.`, copy]);
  if (copied.code !== 0)
    throw new RunRefused(
      'workspace-missing',
      `the workspace couldn't be copied (${copied.stderr.trim().split('\n')[0] ?? ''})`,
      'make its files readable, and see that the disk has room',
    );
  for (const { path } of hidden) rmSync(join(copy, path), { recursive: true, force: true });
  if (identity.separate) await runToEnd(['chown', '-R', '-h', `${identity.cell}:${identity.cell}`, '--', copy]);
  const names = new Set(hidden.map(({ path }) => path));
  return {
    directory: WORKSPACE,
    mounts: [{ kind: 'bind', from: to, to: WORKSPACE, writable: true }],
    staged: [{ from: copy, to, writable: true }],
    hidden,
    collect: () => collectOverlay(folder, copy, names),
  };
}

function collectOverlay(folder: string, copy: string, hidden: ReadonlySet<string>): Overlay {
  const changes = compareTrees(folder, copy, hidden);
  const discard = (): void => rmSync(copy, { recursive: true, force: true });
  return {
    changes,
    apply: () => {
      const refused = applyChanges(folder, copy, changes);
      discard();
      return refused;
    },
    discard,
  };
}

function cover(file: CredentialFile, directory: RunDirectory): CellMount {
  const empty = file.kind === 'folder' ? join(directory.cell, 'empty-folder') : directory.writeCellFile('empty', '');
  if (file.kind === 'folder' && lstatSync(empty, { throwIfNoEntry: false }) === undefined)
    mkdirSync(empty, { mode: 0o555 });
  return { kind: 'bind', from: empty, to: join(WORKSPACE, file.path) };
}
