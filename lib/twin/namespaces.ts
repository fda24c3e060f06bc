import type { ChildProcess } from 'node:child_process';
import { CELL_LINK } from './addresses';
import { childrenOf, collect, runToEnd, settlesWithin, spawnArgv, type Finished } from './children';
import type { Identity } from './identity';
import { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

/** One mount made inside the private mount namespace before anything runs. */
export interface Staged {
  readonly from: string;
  readonly to: string;
  readonly writable?: boolean;
}

export interface NamespaceOptions {
  readonly identity: Identity;
  readonly directory: RunDirectory;
  /** False: the cell's namespace has no interface but `lo`. */
  readonly link: boolean;
  readonly cellRules: string;
  readonly windowRules: string;
  readonly staged: readonly Staged[];
}

/**
 * The private namespaces of one run: the window's (network, mounts, processes) and the cell's network.
 * Their first process waits for the end of our pipe, so that everything inside dies with us, however we end.
 */
export class Namespaces {
  /** Makes them; refuses, with cause and cure, where the kernel doesn't. */
  public static async create(options: NamespaceOptions): Promise<Namespaces> {
    const { identity } = options;
    const user = identity.root ? [] : ['--user', '--map-root-user'];
    const script = buildScript(options);
    const child = spawnArgv(
      [
        'unshare',
        ...user,
        '--net',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        '--propagation',
        'private',
        '/bin/sh',
        '-c',
        script,
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    );
    const ended = collect(child);
    const ready = new Promise<void>((resolve) =>
      child.stdout?.on('data', (text: Buffer) => text.includes('ready') && resolve()),
    );
    await settlesWithin(Promise.race([ready, ended]), 10_000);
    const pid = child.pid === undefined ? undefined : childrenOf(child.pid)[0];
    if (child.exitCode !== null || pid === undefined || !(await settlesWithin(ready, 0))) {
      child.kill('SIGKILL');
      throw refuse(await ended);
    }
    return new Namespaces(child, ended, pid, options);
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<Finished>,
    /** The first process, by its id outside. */
    public readonly pid: number,
    private readonly options: NamespaceOptions,
  ) {
    child.stdin?.on('error', () => undefined);
  }

  /** Words that start a program in the window's namespaces; it ends with them. */
  public enterWindow(): readonly string[] {
    const user = this.options.identity.root ? [] : ['--user', '--preserve-credentials'];
    return ['nsenter', `--target=${this.pid}`, ...user, '--mount', '--net', '--pid'];
  }

  /** The same, with the cell's network instead of the window's. */
  public enterCell(): readonly string[] {
    return [...this.enterWindow(), 'nsenter', `--net=${this.options.directory.cellNamespace}`];
  }

  /** Runs a program of ours in the window's namespaces to its end. */
  public runInWindow(argv: readonly string[], input?: string): Promise<Finished> {
    return runToEnd([...this.enterWindow(), ...argv], input === undefined ? {} : { input });
  }

  /** A path as it is inside the private mounts. */
  public inside(path: string): string {
    return `/proc/${this.pid}/root${path}`;
  }

  /**
   * Ends every process inside; the network and the private mounts go with them. The kernel takes a second over the
   * mounts, which needn't be waited for: its first process has been killed, and nothing inside survives that.
   */
  public async close(): Promise<void> {
    this.child.stdin?.end();
    await settlesWithin(this.ended, 50);
    if (this.child.exitCode === null && this.child.signalCode === null) killIfThere(this.pid);
    this.child.unref();
    for (const stream of [this.child.stdin, this.child.stdout, this.child.stderr]) stream?.destroy();
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

function refuse(finished: Finished): RunRefused {
  const said = finished.stderr.trim().split('\n').slice(-2).join(' / ') || 'it gave no reason';
  if (/unshare|Operation not permitted|No space left|uid_map/.test(said)) {
    return new RunRefused(
      'no-namespaces',
      `this kernel refuses a private network and mounts (${said})`,
      'on Ubuntu 23.10 and later set kernel.apparmor_restrict_unprivileged_userns=0 or give the program an AppArmor profile that allows user namespaces; ' +
        'elsewhere raise user.max_user_namespaces; in a container use a seccomp profile that allows unshare; or run as root',
    );
  }
  return new RunRefused(
    'link-failed',
    `the private network couldn't be built (${said})`,
    'see that iproute2 and nftables are installed and the kernel has veth and nf_tables',
  );
}

/** What the first process does before it waits. Paths and rules are ours, quoted nonetheless. */
function buildScript(options: NamespaceOptions): string {
  const { directory, identity, link } = options;
  const window = quote(directory.window);
  const lines = [
    'set -e',
    `mount -t tmpfs -o mode=0700,size=64m,nosuid,nodev,noexec tmpfs ${window}`,
    `unshare --net=${quote(directory.cellNamespace)} true`,
    ...options.staged.flatMap(stage),
    // IPv6 answers only 1-2 s after link-up otherwise; the cell's link has none at all.
    'for f in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$f; done',
    'echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start',
    'ip link set lo up',
    ...(link ? buildLink(directory) : []),
    `nft -f - <<'RULES'\n${options.windowRules}RULES`,
    `nsenter --net=${quote(directory.cellNamespace)} /bin/sh -e <<'CELL'`,
    'ip link set lo up',
    ...(link
      ? [
          'echo 1 >/proc/sys/net/ipv6/conf/cell1/disable_ipv6',
          `ip addr add ${CELL_LINK.cell}/${CELL_LINK.prefixLength} dev cell1`,
          'ip link set cell1 up',
        ]
      : []),
    `nft -f - <<'RULES'\n${options.cellRules}RULES`,
    'CELL',
    identity.separate ? `chown ${identity.window}:${identity.window} ${window}` : ':',
    'echo ready',
    'while read -r _; do :; done',
  ];
  return lines.join('\n');
}

function buildLink(directory: RunDirectory): readonly string[] {
  return [
    `ip link add cell0 type veth peer name cell1 netns ${quote(directory.cellNamespace)}`,
    'echo 1 >/proc/sys/net/ipv6/conf/cell0/disable_ipv6',
    `ip addr add ${CELL_LINK.proxy}/${CELL_LINK.prefixLength} dev cell0`,
    `ip addr add ${CELL_LINK.transparent}/${CELL_LINK.prefixLength} dev cell0`,
    'ip link set cell0 up',
  ];
}

function stage(mount: Staged): readonly string[] {
  const bind = `mount --bind ${quote(mount.from)} ${quote(mount.to)}`;
  return mount.writable
    ? [bind]
    : [
        bind,
        `mount -o remount,bind,ro ${quote(mount.to)} 2>/dev/null || mount -o remount,bind,ro,nosuid,nodev ${quote(mount.to)}`,
      ];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
