/** Network namespaces for the stand-in internet: as root, or as the root of a user namespace (`unshare -Urnm`). */
import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Namespace {
  readonly name: string;
  /** Starts a program inside. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Runs a program inside and returns what it printed. Throws when it fails. */
  run(command: string, args: readonly string[]): string;
  /** Adds addresses to the namespace's own loopback. */
  addAddresses(addresses: readonly string[]): void;
  /** Takes it down; links into it go with it. */
  remove(): void;
}

let made = 0;

/** A namespace of its own, with loopback up. Throws when the caller isn't root of its network. */
export function createNamespace(label: string): Namespace {
  made += 1;
  const name = `ah-${label}-${process.pid}-${made}`;
  ip(['netns', 'add', name]);
  const inside = (command: string, args: readonly string[]) => ['netns', 'exec', name, command, ...args];
  const namespace: Namespace = {
    name,
    spawn: (command, args, options = {}) => spawn('ip', inside(command, args), options),
    run: (command, args) =>
      execFileSync('ip', inside(command, args), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    addAddresses: (addresses) => {
      const lines = addresses.map((address) => `addr add ${address}/${address.includes(':') ? '128' : '32'} dev lo`);
      ip(['-n', name, '-batch', '-'], `${lines.join('\n')}\n`);
    },
    remove: () => ip(['netns', 'delete', name]),
  };
  // without this IPv6 doesn't answer for a second or two, and a refusal in that time passes for the wrong reason
  namespace.run('sh', ['-c', 'for f in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >"$f"; done 2>/dev/null; true']);
  ip(['-n', name, 'link', 'set', 'lo', 'up']);
  return namespace;
}

/** Whether this process may make network namespaces: root here, or root of a user namespace with a `/run` of its own. */
export function canMakeNamespaces(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * Words before a program that let a plain user be root of namespaces of its own, with a `/run` where network namespaces
 * can be named. What is started dies with its starter; a process of the same user may still see its files.
 */
export function asNamespaceRoot(program: readonly string[]): readonly string[] {
  const ready = 'mount -t tmpfs t /run && mkdir /run/netns && exec "$@"';
  return ['unshare', '-Urnm', '--kill-child', '-f', 'sh', '-c', ready, 'sh', ...program];
}

/** Whether uid 0 here is only a plain user outside. */
export function insideUserNamespace(): boolean {
  return readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)[2] !== '4294967295';
}

function ip(args: readonly string[], input?: string): void {
  execFileSync('ip', args, { input: input ?? '', stdio: ['pipe', 'ignore', 'pipe'] });
}
