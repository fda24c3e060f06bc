import type { ChildProcess } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  readFileSync,
  statSync,
  unwatchFile,
  watchFile,
  writeFileSync,
  renameSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { join, relative } from 'node:path';
import { childrenOf, collect, settlesWithin, spawnArgv } from './children';
import { dropPrivileges, type Identity } from './identity';
import type { Namespaces } from './namespaces';
import type { RunOptions } from './options';
import { codeRoot } from './program';
import { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

/** What the keeper is started with. */
export interface KeeperStart {
  readonly options: RunOptions;
  readonly identity: Identity;
  readonly namespaces: Namespaces;
  readonly directory: RunDirectory;
  /** Where our own code and node are inside, readable by the keeper's id. */
  readonly code: string;
  readonly node: string;
  /** @default - none: only hosts of a named authority can be verified */
  readonly publicRoots?: string;
}

/** The running keeper: the one process with the secrets' values, beside Envoy and never in the cell. */
export class KeeperProcess {
  /** Starts it and waits until every credential and leaf is there. */
  public static async start(start: KeeperStart): Promise<KeeperProcess> {
    const sources = gatherSources(start);
    const child = spawnArgv(argvOf(start, sources.words), {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { PATH: process.env['PATH'], ...sources.environment },
    });
    const complaints: string[] = [];
    if (child.stderr)
      createInterface({ input: child.stderr }).on('line', (line) => {
        complaints.push(...complaintOf(line));
        if (complaints.length > 50) complaints.shift();
      });
    const ended = collect(child);
    const line = new Promise<string>(
      (resolve) => child.stdout && createInterface({ input: child.stdout }).once('line', resolve),
    );
    await settlesWithin(Promise.race([line, ended]), 20_000);
    if (!(await settlesWithin(line, 0))) {
      child.kill('SIGKILL');
      sources.close();
      throw new RunRefused(
        'keeper-failed',
        `the keeper isn't ready (${complaints.slice(-3).join(' / ').slice(0, 600) || 'no reason given'})`,
        'correct the secret or the authority it names',
      );
    }
    return new KeeperProcess(child, readAuthority(await line), sources.close);
  }

  private constructor(
    private readonly child: ChildProcess,
    /** PEM of the authority that the cell's clients are told to trust. */
    public readonly authority: string,
    private readonly closeSources: () => void,
  ) {}

  /** Calls back if it ends on its own: secrets are then no longer renewed. */
  public onEnd(callback: () => void): void {
    this.child.once('exit', callback);
  }

  public close(): void {
    this.child.removeAllListeners('exit');
    this.closeSources();
    // The child is the word that entered the namespaces; the keeper is its child, and holds the values.
    for (const pid of this.child.pid === undefined ? [] : childrenOf(this.child.pid)) process.kill(pid, 'SIGKILL');
    this.child.kill('SIGKILL');
  }
}

/** What a line of the keeper's complains of: its records say more than problems. */
function complaintOf(line: string): readonly string[] {
  try {
    const record: unknown = JSON.parse(line);
    if (typeof record !== 'object' || record === null) return [line];
    return 'problem' in record ? [String(record.problem)] : [];
  } catch {
    return [line];
  }
}

function readAuthority(line: string): string {
  const value: unknown = JSON.parse(line);
  if (
    typeof value === 'object' &&
    value !== null &&
    'authorityCertificate' in value &&
    typeof value.authorityCertificate === 'string'
  )
    return value.authorityCertificate;
  throw new RunRefused('keeper-failed', 'the keeper named no authority', 'reinstall: its version differs from ours');
}

function argvOf(start: KeeperStart, sources: readonly string[]): readonly string[] {
  const { directory, identity, namespaces, options, publicRoots } = start;
  const built = __filename.endsWith('.js');
  const entry = insideCode(start, join(__dirname, '..', 'keeper', built ? 'main.js' : 'main.ts'));
  const loader = built ? [] : ['--import', `file://${insideCode(start, require.resolve('tsx'))}`];
  return [
    ...namespaces.enterWindow(),
    ...['env', '-C', directory.window, 'TMPDIR=/nonexistent', 'HOME=/nonexistent', 'TSX_DISABLE_CACHE=1'],
    ...dropPrivileges(identity, identity.window),
    ...['prlimit', '--core=0', '--', start.node, ...loader, entry],
    ...['--run-directory', '.'],
    ...sources,
    ...Object.keys(options.authorities ?? {}).flatMap((name) => ['--ca', `${name}=ca/${name}.pem`]),
    ...(publicRoots === undefined ? [] : ['--public-roots', publicRoots]),
  ];
}

/** A file of ours where the keeper's id can read it. */
function insideCode(start: KeeperStart, path: string): string {
  const below = relative(codeRoot(), path);
  return below.startsWith('..') ? path : join(start.code, below);
}

interface Sources {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => void;
}

/** Values come by the environment of that one process, or as files; both stay out of every argument list. */
function gatherSources({ options, namespaces, directory, identity }: KeeperStart): Sources {
  const environment: Record<string, string> = {};
  const words: string[] = [];
  const watched: string[] = [];
  const inside = namespaces.inside(join(directory.window, 'sources'));
  mkdirSync(inside, { mode: 0o700 });
  if (identity.separate) chownSync(inside, identity.window, identity.window);
  for (const [index, [name, source]] of Object.entries(options.secrets).entries()) {
    if ('env' in source) {
      const variable = `ANCHORHOLD_SOURCE_${index}`;
      environment[variable] = process.env[source.env] ?? '';
      words.push('--secret', `${name}=env:${variable}`);
      continue;
    }
    // The keeper's id may not read the caller's file; the copy lives in the private mount and follows the original.
    const copy = join(inside, String(index));
    copySecret(source.file, copy, identity);
    watchFile(source.file, { interval: 500, persistent: false }, () => copySecret(source.file, copy, identity));
    watched.push(source.file);
    words.push('--secret', `${name}=file:sources/${index}`);
  }
  return { words, environment, close: () => watched.forEach((file) => unwatchFile(file)) };
}

function copySecret(from: string, to: string, identity: Identity): void {
  try {
    if (!statSync(from).isFile()) return;
    writeFileSync(`${to}.new`, readFileSync(from), { mode: 0o400 });
    if (identity.separate) chownSync(`${to}.new`, identity.window, identity.window);
    renameSync(`${to}.new`, to);
  } catch {
    // Gone or unreadable: the keeper keeps the last good value, as it would itself.
  }
}
