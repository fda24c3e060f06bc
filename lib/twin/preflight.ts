import { existsSync, readFileSync, statSync } from 'node:fs';
import { neededSecrets } from '../keeper';
import type { KeeperManifest } from '../envoy';
import type { Identity } from './identity';
import type { Isolation } from './isolation';
import type { RunOptions } from './options';
import { findProgram } from './program';
import { RunRefused } from './refusal';
import type { Uplink } from './uplink';

const TOOLS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  prlimit: 'util-linux',
  ip: 'iproute2',
  nft: 'nftables',
};

/** Everything that would leave the command unconfined, or the proxy without what it needs, before anything is made. */
export async function checkPlace(
  options: RunOptions,
  identity: Identity,
  isolation: Isolation,
  uplink: Uplink,
): Promise<void> {
  if (options.command.length === 0)
    throw new RunRefused('command-missing', 'expected a command, got none', 'write it after --');
  for (const [tool, source] of Object.entries(TOOLS)) {
    if (findProgram(tool) === undefined)
      throw new RunRefused('tool-missing', `the program ${tool} isn't installed`, `install the package ${source}`);
  }
  if (options.uplink?.kind !== 'veth' && findProgram('slirp4netns') === undefined) {
    throw new RunRefused('tool-missing', "the program slirp4netns isn't installed", 'install the package slirp4netns');
  }
  checkKernel(identity);
  for (const path of options.readOnlyBinds ?? []) {
    if (!existsSync(path))
      throw new RunRefused(
        'bind-missing',
        `expected a file or folder to show, got nothing at ${path}`,
        'correct the path',
      );
  }
  const refusal = (await isolation.refusal(identity)) ?? uplink.refusal();
  if (refusal) throw refusal;
}

/** Every secret and authority the policy names must be given, by a source that exists; values are not looked at. */
export function checkSources(options: RunOptions, manifest: KeeperManifest): void {
  for (const name of neededSecrets(manifest)) {
    const source = options.secrets[name];
    if (source === undefined)
      throw new RunRefused(
        'secret-missing',
        `the policy names the secret ${name}, got no source for it`,
        `add --secret ${name}=env:VARIABLE or ${name}=file:PATH`,
      );
    if ('env' in source && !process.env[source.env])
      throw new RunRefused(
        'secret-missing',
        `secret ${name}: expected a value in its variable, got none`,
        'set the variable',
      );
    if ('file' in source && !existsSync(source.file))
      throw new RunRefused(
        'secret-missing',
        `secret ${name}: expected a file at its path, got none`,
        'correct the path',
      );
  }
  for (const { name } of manifest.authorities) {
    const path = name === undefined ? undefined : options.authorities?.[name];
    if (name !== undefined && (path === undefined || !existsSync(path))) {
      throw new RunRefused(
        'authority-missing',
        `the policy names the authority ${name}, got ${path === undefined ? 'no file for it' : `nothing at ${path}`}`,
        `give a PEM bundle: ${name}=PATH`,
      );
    }
  }
}

/** The folder of the workspace, checked. */
export function workspaceFolder(options: RunOptions): string | undefined {
  const { kind, directory } = options.workspace ?? { kind: 'none' };
  if (kind !== 'read-only' && kind !== 'overlay') return undefined;
  if (directory === undefined || !existsSync(directory) || !statSync(directory).isDirectory()) {
    throw new RunRefused(
      'workspace-missing',
      `expected a folder as the workspace, got ${directory ?? 'none'}`,
      'correct the path',
    );
  }
  return directory;
}

/** Refused with the same words whether the kernel says so beforehand or when asked. */
function checkKernel(identity: Identity): void {
  if (process.platform !== 'linux')
    throw new RunRefused(
      'not-linux',
      `expected Linux, got ${process.platform}`,
      'use a Linux machine or VM (Docker Desktop, colima, WSL2)',
    );
  if (identity.root) return;
  if (numberIn('/proc/sys/user/max_user_namespaces') === 0) {
    throw new RunRefused(
      'no-namespaces',
      'this kernel allows no user namespaces (user.max_user_namespaces is 0)',
      'raise user.max_user_namespaces, or run as root',
    );
  }
  if (numberIn('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1) {
    throw new RunRefused(
      'no-namespaces',
      'AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)',
      'give the program an AppArmor profile that allows userns, set that sysctl to 0, or run as root',
    );
  }
}

function numberIn(path: string): number | undefined {
  return existsSync(path) ? Number(readFileSync(path, 'utf8').trim()) : undefined;
}
