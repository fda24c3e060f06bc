import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell, CellMount } from './cell';
import { runToEnd } from './children';
import type { Identity } from './identity';
import type { Isolation, Launch } from './isolation';
import { RunRefused } from './refusal';

type OciName = 'runc' | 'crun' | 'runsc';

/** CLONE_NEWUSER: the flag of clone and unshare that makes a user namespace. */
const CLONE_NEWUSER = 0x1000_0000;

/** runc and crun share the kernel, runsc (gVisor) brings its own; all read the same bundle. */
export class OciRuntime implements Isolation {
  public readonly holdsLimits = true;

  constructor(private readonly name: OciName) {}

  public async refusal(identity: Identity): Promise<RunRefused | undefined> {
    if (!identity.separate) {
      return new RunRefused(
        'isolation-needs-root',
        `${this.name} here needs root, got a plain user`,
        'run as root, or leave out the isolation option: bubblewrap needs no root',
      );
    }
    const { code } = await runToEnd([this.name, '--version']);
    return code === 0
      ? undefined
      : new RunRefused('tool-missing', `${this.name} isn't installed`, `install it, or leave out the isolation option`);
  }

  public launch({ cell, identity, directory }: Launch): readonly string[] {
    const bundle = join(directory.root, 'bundle');
    mkdirSync(join(bundle, 'rootfs'), { recursive: true, mode: 0o755 });
    // tmpfs takes the mode of its mount point in runc, whatever the option says.
    for (const mount of cell.mounts)
      if (mount.kind === 'tmpfs') mkdirSync(join(bundle, 'rootfs', mount.to), { recursive: true, mode: 0o755 });
    for (const mount of cell.mounts)
      if (mount.kind === 'tmpfs') chmodSync(join(bundle, 'rootfs', mount.to), parseInt(mount.mode, 8));
    writeFileSync(join(bundle, 'config.json'), JSON.stringify(buildConfig(cell, identity, directory.cellNamespace)));
    const state = join(directory.root, 'runtime');
    const flags = this.name === 'runsc' ? ['--network=sandbox', '--host-uds=open', '--platform=systrap'] : [];
    const id = `anchorhold-${process.pid}-${Date.now().toString(36)}`;
    return [this.name, `--root=${state}`, ...flags, 'run', '--bundle', bundle, id];
  }
}

/** The bundle's `config.json`: no capability, no new privileges, read-only root, and no nested user namespace. */
export function buildConfig(cell: Cell, identity: Identity, networkNamespace: string): object {
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: identity.cell, gid: identity.cell },
      args: cell.command,
      env: Object.entries(cell.environment).map(([name, value]) => `${name}=${value}`),
      cwd: cell.directory,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      rlimits: [{ type: 'RLIMIT_CORE', hard: 0, soft: 0 }],
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    hostname: cell.hostname,
    mounts: [...SYSTEM_MOUNTS, ...cell.mounts.flatMap((mount) => mountOf(mount, identity.cell))],
    linux: {
      namespaces: [
        { type: 'pid' },
        { type: 'ipc' },
        { type: 'uts' },
        { type: 'mount' },
        { type: 'network', path: networkNamespace },
      ],
      resources: {
        devices: [{ allow: false, access: 'rwm' }],
        memory: { limit: cell.memoryBytes },
        pids: { limit: cell.pids },
      },
      seccomp: SECCOMP,
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sysrq-trigger', '/sys'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys'],
    },
  };
}

const SYSTEM_MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'noexec', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
];

/** All capabilities dropped still allow a new user namespace; clone3 hides its flags from a filter, so it "isn't there". */
const SECCOMP = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [
    {
      names: ['unshare', 'clone'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 1,
      args: [{ index: 0, value: CLONE_NEWUSER, valueTwo: CLONE_NEWUSER, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
  ],
};

function mountOf(mount: CellMount, uid: number): readonly object[] {
  switch (mount.kind) {
    case 'bind':
      return [
        {
          destination: mount.to,
          type: 'bind',
          source: mount.from,
          options: ['rbind', mount.writable ? 'rw' : 'ro', 'nosuid', 'nodev'],
        },
      ];
    case 'tmpfs':
      return [
        {
          destination: mount.to,
          type: 'tmpfs',
          source: 'tmpfs',
          options: ['nosuid', 'nodev', `size=${mount.bytes}`, `mode=${mount.mode}`, `uid=${uid}`, `gid=${uid}`],
        },
      ];
    case 'symlink':
      // A runtime makes no links of its own: what they would lead to is bound instead.
      return [{ destination: mount.to, type: 'bind', source: mount.to, options: ['rbind', 'ro', 'nosuid', 'nodev'] }];
  }
}
