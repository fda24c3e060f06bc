import { chmodSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Cell, CellMount } from './cell';
import { buildEtc, CERTIFICATE_FILES, MAPPED_ID } from './cell-files';
import { buildEnvironment, FORWARD_SOCKET, GATEWAY_SOCKET } from './environment';
import type { Identity } from './identity';
import type { RunOptions } from './options';
import type { RunDirectory } from './run-directory';
import { buildSystemMounts, copyEtc, stageBinds } from './system-mounts';
import { buildTrustStore } from './trust-store';
import type { Workspace } from './workspace';

const DEFAULT_MEMORY = 4 * 1024 ** 3;
const DEFAULT_PIDS = 512;
const NODE_IN_CELL = '/opt/node';
const NODE_OUTSIDE_USR = !process.execPath.startsWith('/usr/');

/** Room of each of the cell's own folders (/tmp, /var/tmp, home, an empty workspace). */
export const TMPFS_BYTES = 1024 ** 3;

/** What a cell is built of. */
export interface CellParts {
  readonly options: RunOptions;
  readonly identity: Identity;
  readonly directory: RunDirectory;
  readonly workspace: Workspace;
  /** Mounts of `stageShown`. */
  readonly shown: readonly CellMount[];
  /** PEM of the run's own authority. */
  readonly authority: string;
  /** @default - the cell trusts our authority alone */
  readonly publicRoots?: string;
}

/** What the command may read beside the system: the caller's binds, and node where it isn't part of /usr. */
export function stageShown(options: RunOptions, directory: RunDirectory): ReturnType<typeof stageBinds> {
  const binds = (options.readOnlyBinds ?? []).map((path) => ({ from: resolve(path), to: resolve(path) }));
  const node = dirname(dirname(process.execPath));
  return stageBinds([...binds, ...(NODE_OUTSIDE_USR ? [{ from: node, to: NODE_IN_CELL }] : [])], directory);
}

/** Writes the cell's files and says everything the command will see. */
export function buildCell({ options, identity, directory, workspace, shown, authority, publicRoots }: CellParts): Cell {
  const { network = 'proxy', isolation = 'bubblewrap', policy } = options;
  const uid = isolation === 'bubblewrap' ? MAPPED_ID : identity.cell;
  for (const [name, text] of Object.entries(buildEtc(policy, network === 'proxy', uid)))
    directory.writeCellFile(`etc/${name}`, text);
  copyEtc(directory);
  const bundle = `${publicRoots === undefined ? '' : readFileSync(publicRoots, 'utf8')}\n${authority}`;
  for (const name of CERTIFICATE_FILES) directory.writeCellFile(`etc/${name}`, bundle);
  directory.writeCellFile('etc/anchorhold/authority.crt', authority);
  directory.writeCellFile('etc/anchorhold/trust.p12', buildTrustStore(bundle));
  return {
    mounts: [
      ...buildSystemMounts(directory, TMPFS_BYTES),
      ...(network === 'none' ? socketMounts(directory) : []),
      ...workspace.mounts,
      ...shown,
    ],
    environment: environmentOf(options, network),
    directory: workspace.directory,
    command: options.command,
    hostname: 'cell',
    pids: options.pids ?? DEFAULT_PIDS,
    memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY,
  };
}

function environmentOf(options: RunOptions, network: 'proxy' | 'none'): Readonly<Record<string, string>> {
  const environment = buildEnvironment({
    policy: options.policy,
    network,
    bundle: `/etc/${CERTIFICATE_FILES[0]}`,
    authority: '/etc/anchorhold/authority.crt',
    trustStore: '/etc/anchorhold/trust.p12',
    ...(options.environment ? { extra: options.environment } : {}),
  });
  return NODE_OUTSIDE_USR ? { ...environment, PATH: `${NODE_IN_CELL}/bin:${environment['PATH'] ?? ''}` } : environment;
}

/** Without a network the proxy's two sockets are all there is. */
function socketMounts(directory: RunDirectory): readonly CellMount[] {
  const at = (name: string): string => join(directory.sockets, name);
  for (const name of ['gateway.sock', 'forward.sock']) chmodSync(at(name), 0o666);
  return [
    { kind: 'bind', from: at('gateway.sock'), to: GATEWAY_SOCKET },
    { kind: 'bind', from: at('forward.sock'), to: FORWARD_SOCKET },
  ];
}
