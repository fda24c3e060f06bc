import { AGENT_ID, type CellMount } from './cell';
import { runToEnd } from './children';
import { dropPrivilegesButMapping } from './identity';
import type { Isolation, Launch } from './isolation';
import { RunRefused } from './refusal';

const SHARED_MEMORY_BYTES = 64 * 1024 * 1024;

/** The default: a user namespace of its own, without capabilities, in about 20 ms. */
export class Bubblewrap implements Isolation {
  public readonly holdsLimits = false;

  public async refusal(): Promise<RunRefused | undefined> {
    const { code, stdout } = await runToEnd(['bwrap', '--version']);
    if (code !== 0)
      return new RunRefused('tool-missing', "bubblewrap isn't installed", 'install the package bubblewrap');
    const [major = 0, minor = 0] = stdout.replace(/^\D+/, '').split('.').map(Number);
    if (major > 0 || minor >= 8) return undefined;
    return new RunRefused(
      'bubblewrap-too-old',
      `expected bubblewrap 0.8 or later, got ${stdout.trim()}`,
      'older ones leave nested user namespaces open: install a newer one',
    );
  }

  public launch({ cell, identity }: Launch): readonly string[] {
    return [
      ...dropPrivilegesButMapping(identity, identity.cell),
      // A core dump could carry data out of the cell.
      ...['prlimit', '--core=0', '--'],
      ...[
        'bwrap',
        '--unshare-user',
        '--unshare-pid',
        '--unshare-ipc',
        '--unshare-uts',
        '--unshare-cgroup-try',
        '--disable-userns',
      ],
      ...['--uid', String(AGENT_ID), '--gid', String(AGENT_ID), '--hostname', cell.hostname],
      // A session of its own: no TIOCSTI into the caller's terminal.
      ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
      ...Object.entries(cell.environment).flatMap(([name, value]) => ['--setenv', name, value]),
      // bubblewrap's /dev is a tmpfs without a size: read-only, with a sized one for shared memory.
      ...[
        '--proc',
        '/proc',
        '--dev',
        '/dev',
        '--perms',
        '1777',
        '--size',
        String(SHARED_MEMORY_BYTES),
        '--tmpfs',
        '/dev/shm',
        '--remount-ro',
        '/dev',
      ],
      ...cell.mounts.flatMap(mountWords),
      ...['--remount-ro', '/', '--chdir', cell.directory],
      // Set inside: set outside, the kernel would hold the namespace's maker to it, the proxy's threads included.
      ...['--', 'prlimit', `--nproc=${cell.pids}`, '--', ...cell.command],
    ];
  }
}

function mountWords(mount: CellMount): readonly string[] {
  switch (mount.kind) {
    case 'bind':
      return [mount.writable ? '--bind' : '--ro-bind', mount.from, mount.to];
    case 'tmpfs':
      return ['--perms', mount.mode, '--size', String(mount.bytes), '--tmpfs', mount.to];
    case 'symlink':
      return ['--symlink', mount.target, mount.to];
  }
}
