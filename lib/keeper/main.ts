import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ailment, forgetStatus, HEARTBEAT_SECONDS, writeStatus } from './health';
import { type KeeperOptions, startKeeper } from './keeper';
import { KeeperError, told } from './keeper-error';
import { parseManifest } from './manifest';
import { readPacked, readSeed } from './read-once';
import { readSources } from './read-sources';
import { publicRoots } from './roots';
import { writeTrust } from './trust';
import { unpackFiles } from './unpack-files';

const USAGE = `keeper: holds secrets' values beside Envoy
  --run-directory DIR           Envoy's working directory; keeper.json is in it
  --files-from VARIABLE|URL     first unpacks the compiled files from this environment variable, or an object of S3
  --files-digest HEX            SHA-256 of the files of a URL; required with one
  --secret NAME=SOURCE          env:VARIABLE, file:PATH, aws-secret:ARN or gcp-secret:projects/P/secrets/S; once for each
  --ca NAME=PATH                PEM certificates of a named authority; once for each
  --public-roots PATH           PEM bundle of the public roots; without it, node's own
  --authority DIR               keeps our authority over restarts
  --authority-seed SOURCE       derives our authority from a secret (a source as above) instead, so that many are one
  --gid N                       group that may read what is written
keeper --check DIR              exit 0: that keeper is alive and had everything; 1: it isn't or hadn't
keeper --trust-from URL --run-directory DIR
                                writes the proxy's authority and a bundle with it there for an agent, and ends
SIGHUP looks at every source now; SIGTERM ends. Exit 2: refused to start.`;

async function main(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      check: { type: 'string' },
      'run-directory': { type: 'string' },
      'files-from': { type: 'string' },
      'files-digest': { type: 'string' },
      'authority-seed': { type: 'string' },
      'trust-from': { type: 'string' },
      secret: { type: 'string', multiple: true, default: [] },
      ca: { type: 'string', multiple: true, default: [] },
      'public-roots': { type: 'string' },
      authority: { type: 'string' },
      gid: { type: 'string' },
    },
  });
  if (values.check !== undefined) return check(values.check);
  if (values['run-directory'] === undefined) throw new KeeperError('expected --run-directory', 'usage');
  if (values.gid !== undefined && !/^\d{1,9}$/.test(values.gid))
    throw new KeeperError('--gid: expected a number', 'usage');
  const directory = resolve(values['run-directory']);
  if (values['trust-from'] !== undefined) return writeTrust(values['trust-from'], directory);
  const owner = values.gid === undefined ? {} : { owner: { gid: Number(values.gid) } };
  const roots = values['public-roots'];
  const reach = { roots: () => publicRoots(roots) };
  if (values['files-from'] !== undefined)
    unpackFiles(await readPacked(values['files-from'], values['files-digest'], reach), directory, owner.owner);
  const seed = values['authority-seed'];
  const authoritySeed = seed === undefined ? undefined : await readSeed(seed, process.env, reach);
  serve({
    manifest: parseManifest(readFileSync(join(directory, 'keeper.json'), 'utf8')),
    directory,
    sources: readSources(values.secret, process.env, reach),
    authorities: Object.fromEntries(values.ca.map(readAuthority)),
    log,
    ...(roots === undefined ? {} : { publicRoots: roots }),
    ...(authoritySeed === undefined ? {} : { authoritySeed }),
    ...(values.authority === undefined ? {} : { authority: resolve(values.authority) }),
    ...owner,
  });
}

function check(directory: string): void {
  const problem = ailment(directory, Date.now());
  process.stdout.write(`${problem ?? 'well'}\n`);
  process.exitCode = problem === undefined ? 0 : 1;
}

function serve(options: KeeperOptions): void {
  const { directory } = options;
  forgetStatus(directory);
  const keeper = startKeeper(options);
  let started = false;
  const beat = (): void => {
    try {
      writeStatus(directory, keeper, started);
    } catch (failure) {
      // A full disk: the check finds the old sign stale, and what is injected goes on.
      log({ event: 'problem', about: 'status', problem: told(failure) });
    }
  };
  const end = (): void => {
    keeper.stop();
    forgetStatus(directory);
    process.exit(0);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  process.on('SIGHUP', () => keeper.reread());
  setInterval(beat, HEARTBEAT_SECONDS * 1000);
  beat();
  void keeper.ready.then(
    () => {
      started = true;
      beat();
      const { authorityCertificate } = keeper;
      process.stdout.write(`${JSON.stringify({ ...keeper.status(), authorityCertificate })}\n`);
    },
    () => undefined,
  );
}

function readAuthority(text: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new KeeperError('--ca: expected NAME=PATH', 'usage');
  return [name, path];
}

function log(record: object): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`);
}

/** A core file would hold every secret; node can't set the limit, so it says when whoever started it didn't. */
function warnOfCoreDumps(): void {
  try {
    if (/^Max core file size\s+0\s/m.test(readFileSync('/proc/self/limits', 'utf8'))) return;
    const problem = 'core dumps are on: start the keeper under `ulimit -c 0` [core-dumps-on]';
    log({ event: 'problem', about: 'process', problem });
  } catch {
    // No /proc: another system, nothing to say.
  }
}

// Node would print the failure whole, and its text may quote what was read.
process.on('uncaughtException', (failure) => {
  log({ event: 'problem', about: 'process', problem: told(failure) });
  process.exit(1);
});
warnOfCoreDumps();
main(process.argv.slice(2)).catch((failure: unknown) => {
  process.stderr.write(`${told(failure)}\n\n${USAGE}\n`);
  process.exitCode = 2;
});
