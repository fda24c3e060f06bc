import { execFile, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { gvisorMachineFiles } from '../../lib/aws';
import type { Policy } from '../../lib/policy';

/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);
const SYSTEM = ['/usr', '/bin', '/lib', '/lib64', '/etc'];
const PROXYD = '/usr/lib/systemd/systemd-socket-proxyd';

const has = (program: string) => spawnSync(program, ['--version']).status === 0;

/** What runs a container here: gVisor where it is installed, or runc, which reads the same bundle and shares the kernel. */
export function containerRuntime(): 'runsc' | 'runc' | undefined {
  if (!fs.existsSync(PROXYD) || !has('systemd-socket-activate') || process.getuid?.() !== 0) return undefined;
  return has('runsc') ? 'runsc' : has('runc') ? 'runc' : undefined;
}

/**
 * Puts the files of a machine image where they belong, in a /run and a /usr/local/lib of their own, starts the sockets as
 * systemd would, and runs the image's own script; with the network of its `host` that one wall is taken away. @returns what the agent's command printed.
 */
export async function runGvisor(
  policy: Policy,
  script: string,
  directory: string,
  network: 'none' | 'host' = 'none',
): Promise<string> {
  const files = gvisorMachineFiles({ policy, command: ['sh', '-c', script] });
  const staged = path.join(directory, `machine-${network}`);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(staged, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, adapted(name, text, network), { mode: 0o755 });
  }
  const sockets = Object.values(files).flatMap((text) => /^ListenStream=(.*)$/m.exec(text)?.[1] ?? []);
  const target = Object.values(files).flatMap((text) => /^ExecStart=.*socket-proxyd (.*)$/m.exec(text)?.[1] ?? []);
  const listening = ['8080', '3128'].map((port) => {
    const [socket, to] = [sockets[0], target[0]].map((text) => text?.replaceAll('%i', port));
    return `systemd-socket-activate -l ${socket} ${PROXYD} ${to} >/dev/null 2>&1 & pids="$pids $!"
while [ ! -S ${socket} ]; do sleep 0.05; done; chown 1000 ${socket}`;
  });
  const all = [
    'mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /usr/local/lib; mkdir /run/anchorhold-window; pids=',
    `cp -r ${staged}/usr/local/lib/anchorhold /usr/local/lib/`,
    `cd /usr/local/lib/anchorhold/bundle/rootfs && mkdir -p ${[...SYSTEM, '/node'].map((one) => `.${one}`).join(' ')}`,
    ...listening,
    'code=0; /usr/local/lib/anchorhold/run || code=$?; kill $pids; exit $code',
  ];
  fs.mkdirSync(path.join(staged, 'usr/local/lib/anchorhold/bundle/rootfs'), { recursive: true });
  const { stdout } = await run('unshare', ['-m', 'sh', '-ec', all.join('\n')]);
  return stdout;
}

/** This machine's own programs for the agent's root file system, no control groups where none are given to us, and runc for runsc. */
function adapted(name: string, text: string, network: 'none' | 'host'): string {
  if (name.endsWith('/run') && containerRuntime() === 'runc')
    return text.replace(/^exec runsc (--root=\S+) .* run /m, 'exec runc $1 run ');
  if (name.endsWith('/run'))
    return text
      .replace('exec runsc ', 'exec runsc --ignore-cgroups ')
      .replace('--network=none', `--network=${network}`);
  if (!name.endsWith('config.json')) return text;
  // The bundle of this test's own making, as OCI has it.
  const config = JSON.parse(text) as {
    process: { env: string[]; args: string[] };
    mounts: object[];
    linux: { resources?: object; namespaces: { type: string }[] };
  };
  const bound = (source: string, destination = source) => {
    return { destination, source, type: 'bind', options: ['rbind', 'ro', 'nosuid', 'nodev'] };
  };
  delete config.linux.resources;
  if (network === 'host') {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
    // The bridge's ports are the proxy's own there.
    config.process.args = config.process.args.slice(4);
  }
  config.process.env = config.process.env.map((one) => one.replace(/^PATH=/, 'PATH=/node:'));
  config.mounts.unshift(...SYSTEM.map((one) => bound(one)), bound(path.dirname(process.execPath), '/node'));
  return JSON.stringify(config);
}
