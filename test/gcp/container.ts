import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import type { DockerRun } from './units';

/** How a `docker run` is run here without docker. */
export interface ContainerPlace {
  /** What stands for the image's program. */
  readonly program: readonly string[];
  /** Further words behind the image's. @default - none */
  readonly more?: readonly string[];
  /** @default - none but PATH */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs it as a process that sees what the container would: its user, its working directory, no more of /run than its
 * mounts, read-only but for those it may write. The network is this one.
 */
export function runContainer({ options, words }: DockerRun, place: ContainerPlace): ChildProcess {
  const [uid = '', gid = ''] = (options.get('--user')?.[0] ?? '').split(':');
  const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const name = `/run/programs/${options.get('--name')?.[0]}`;
  const [hosts, out] = [`${name}.hosts`, `${name}.out`];
  const added = (options.get('--add-host') ?? []).map((entry) => entry.split(':').reverse().join(' '));
  writeFileSync(hosts, ['127.0.0.1 localhost', ...added, ''].join('\n'), { mode: 0o644 });
  const box = [
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp', '--tmpfs', '/run'],
    ...['--ro-bind', '/run/programs', '/run/programs', '--ro-bind', hosts, '/etc/hosts'],
    ...(options.get('--tmpfs') ?? []).flatMap(emptyOf),
    ...(options.get('-v') ?? []).flatMap(mountOf),
    ...['--chdir', options.get('--workdir')?.[0] ?? '/', '--clearenv', '--die-with-parent'],
    ...Object.entries({ PATH: '/usr/bin:/bin', ...place.environment }).flatMap((pair) => ['--setenv', ...pair]),
  ];
  const command = ['bwrap', ...box, '--', ...place.program, ...words, ...(place.more ?? [])];
  // A file that its user may open again as /dev/stdout; a socket, as between node's processes, can't be.
  writeFileSync(out, '');
  chmodSync(out, 0o666);
  const [stdout, stderr] = [openSync(out, 'a'), openSync(out, 'a')];
  return spawn('setpriv', [...as, '--no-new-privs', '--', ...command], { stdio: ['ignore', stdout, stderr] });
}

/** What the container of this name wrote. */
export function outputOf(name: string): string {
  return readFileSync(`/run/programs/${name}.out`, 'utf8');
}

function emptyOf(text: string): string[] {
  const [where = '', details = ''] = text.split(/:(.*)/s);
  const mode = /mode=(\d+)/.exec(details)?.[1] ?? '1777';
  return ['--perms', mode, '--tmpfs', where];
}

function mountOf(text: string): string[] {
  const [from = '', to = '', how] = text.split(':');
  return [how === 'ro' ? '--ro-bind' : '--bind', from, to];
}
