import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { awsObject } from './aws-object';
import { drain } from './drain';
import { ailment, forgetStatus } from './health';
import { KeeperError, told } from './keeper-error';
import { parseManifest } from './manifest';
import { answerProbes } from './ready-port';
import type { Reach } from './request-json';
import { publicRoots } from './roots';
import { log, serve } from './serve';
import { Sources } from './sources';
import { writeTrust } from './trust';
import { unpackFiles } from './unpack-files';

const USAGE = `keeper: holds secrets' values beside Envoy
  --run-directory DIR           Envoy's working directory; keeper.json is in it
  --files-from VARIABLE|URL     first unpacks the compiled files from this environment variable, or an object of S3
  --files-digest HEX            SHA-256 of the files of a URL; required with one
  --secret NAME=SOURCE          env:VARIABLE, file:PATH, aws-secret:ARN or gcp-secret:projects/P/secrets/S; once for each
  --ca NAME=PATH                PEM certificates of a named authority, from the run directory; once for each
  --public-roots PATH           PEM bundle of the public roots; without it, node's own
  --authority-seed SOURCE       derives our authority from a secret; without it, a new one each start
  --gid N                       group that may read what is written
  --drain-seconds N             when Envoy is to end, lets its running requests finish for so long, and ends it
keeper --check DIR              exit 0: that keeper is alive and had everything; 1: it isn't or hadn't
keeper --drain DIR --drain-seconds N
                                does that now for the Envoy that runs there, and ends
keeper --trust-from URL --run-directory DIR [--ready-port N [--ready-seconds S]]
                                beside an agent: writes authority.crt and bundle.pem there, and ends; with a port only
                                after a probe has found it open: S seconds later, without S when it is told to
SIGHUP looks at every source now; SIGTERM ends. Exit 2: refused to start.`;

const OPTIONS = {
  check: { type: 'string' },
  'trust-from': { type: 'string' },
  'run-directory': { type: 'string' },
  'files-from': { type: 'string' },
  'files-digest': { type: 'string' },
  secret: { type: 'string', multiple: true, default: [] as string[] },
  ca: { type: 'string', multiple: true, default: [] as string[] },
  'public-roots': { type: 'string' },
  'authority-seed': { type: 'string' },
  gid: { type: 'string' },
  'ready-port': { type: 'string' },
  'ready-seconds': { type: 'string' },
  drain: { type: 'string' },
  'drain-seconds': { type: 'string' },
} as const;

/** Tries at what another machine must answer before the keeper can start: five minutes, then whoever started it tries again. */
const TRIES = 60;
const BETWEEN_TRIES_MS = 5000;

async function main(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...words], options: OPTIONS });
  if (values.check !== undefined) return check(values.check);
  const drainSeconds = readNumber('drain-seconds', values['drain-seconds']);
  if (values.drain !== undefined) return drain(values.drain, drainSeconds ?? 0);
  if (values['run-directory'] === undefined) throw new KeeperError('expected --run-directory', 'usage');
  const directory = resolve(values['run-directory']);
  const bundle = values['public-roots'];
  const reach: Reach = { roots: () => publicRoots(bundle), signal: new AbortController().signal };
  const trust = values['trust-from'];
  if (trust !== undefined) {
    const port = readNumber('ready-port', values['ready-port']);
    const seconds = readNumber('ready-seconds', values['ready-seconds']);
    await writeTrust(trust, directory);
    return port === undefined ? undefined : answerProbes(port, seconds);
  }
  const gid = readNumber('gid', values.gid);
  const owner = gid === undefined ? undefined : { gid };
  const sources = new Sources(process.env, reach);
  const secrets = sources.named(values.secret);
  const seed = values['authority-seed'] === undefined ? undefined : sources.read(values['authority-seed']);
  forgetStatus(directory);
  const { 'files-from': from, 'files-digest': digest = '' } = values;
  if (from !== undefined) {
    const packed = from.startsWith('https:')
      ? await patiently(async () => awsObject(from, digest, await sources.aws(reach.signal), reach, process.env))
      : (process.env[from] ?? '');
    unpackFiles(packed, directory, owner);
  }
  serve({
    manifest: parseManifest(readFileSync(join(directory, 'keeper.json'), 'utf8')),
    directory,
    sources: secrets,
    authorities: Object.fromEntries(values.ca.map((text) => readAuthority(text, directory))),
    log,
    ...(bundle === undefined ? {} : { publicRoots: bundle }),
    ...(seed === undefined ? {} : { authoritySeed: await patiently(() => seed.read(reach.signal)) }),
    ...(owner === undefined ? {} : { owner }),
    ...(drainSeconds === undefined ? {} : { drainSeconds }),
  });
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,9}$/.test(text)) throw new KeeperError(`--${option}: expected a number`, 'usage');
  return text === undefined ? undefined : Number(text);
}

function check(directory: string): void {
  const problem = ailment(directory, Date.now());
  process.stdout.write(`${problem ?? 'well'}\n`);
  process.exitCode = problem === undefined ? 0 : 1;
}

async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (failure) {
      if (tries === TRIES) throw failure;
      log({ event: 'problem', about: 'start', problem: told(failure) });
      await pause(BETWEEN_TRIES_MS);
    }
  }
}

function readAuthority(text: string, directory: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new KeeperError('--ca: expected NAME=PATH', 'usage');
  return [name, resolve(directory, path)];
}

// The first process of a container dies of no signal that it doesn't handle.
process.on('SIGTERM', () => process.exit(0));
// Node would print the failure whole, and its text may quote what was read.
process.on('uncaughtException', (failure) => {
  log({ event: 'problem', about: 'process', problem: told(failure) });
  process.exit(1);
});
main(process.argv.slice(2)).catch((failure: unknown) => {
  const said = told(failure);
  // Only for a mistake in the words: below all of them, what a secret or an authority lacks would not be seen.
  const words = said.endsWith('[usage]') || said.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${said}\n${words ? `\n${USAGE}\n` : ''}`);
  process.exitCode = 2;
});
