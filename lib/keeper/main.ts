import { readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { writeAtomically } from './atomic-file';
import { type Keeper, type KeeperOptions, startKeeper } from './keeper';
import { KeeperError, told } from './keeper-error';
import { parseManifest } from './manifest';
import { secretFromText, type SecretSource } from './secret-source';

const USAGE = `keeper: holds secrets' values beside Envoy
  --manifest FILE               keeper.json of the compiled policy
  --directory DIR               Envoy's working directory
  --secret NAME=env:VARIABLE    or NAME=file:PATH; once for each secret
  --ca NAME=PATH                PEM certificates of a named authority; once for each
  --public-roots PATH           PEM bundle of the public roots; without it, node's own
  --authority DIR               keeps our authority over restarts
  --gid N                       group that may read what is written
  --ready FILE                  written when ready, removed at the end
SIGHUP looks at every source now; SIGTERM ends.`;

/** What the command line asks for. */
interface Invocation {
  readonly options: KeeperOptions;
  readonly readyFile?: string;
}

/** Reads the command line, and takes each named variable out of the environment. */
function readInvocation(arguments_: readonly string[]): Invocation {
  const { values } = parseArgs({
    args: [...arguments_],
    options: {
      manifest: { type: 'string' },
      directory: { type: 'string' },
      secret: { type: 'string', multiple: true, default: [] },
      ca: { type: 'string', multiple: true, default: [] },
      'public-roots': { type: 'string' },
      authority: { type: 'string' },
      gid: { type: 'string' },
      ready: { type: 'string' },
    },
  });
  if (values.manifest === undefined || values.directory === undefined)
    throw new KeeperError('expected --manifest and --directory', 'usage');
  if (values.gid !== undefined && !/^\d{1,9}$/.test(values.gid))
    throw new KeeperError('--gid: expected a number', 'usage');
  const options: KeeperOptions = {
    manifest: parseManifest(readFileSync(values.manifest, 'utf8')),
    directory: resolve(values.directory),
    sources: readSources(values.secret),
    authorities: Object.fromEntries(values.ca.map(readAuthority)),
    log: (record) => void process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`),
    ...(values['public-roots'] === undefined ? {} : { publicRoots: values['public-roots'] }),
    ...(values.authority === undefined ? {} : { authority: resolve(values.authority) }),
    ...(values.gid === undefined ? {} : { owner: { gid: Number(values.gid) } }),
  };
  return { options, ...(values.ready === undefined ? {} : { readyFile: resolve(values.ready) }) };
}

function readSources(texts: readonly string[]): Record<string, SecretSource> {
  // Two secrets may name one variable, and the first takes it away.
  const environment = { ...process.env };
  const sources: Record<string, SecretSource> = {};
  for (const text of texts) {
    const { name, source } = secretFromText(text, { ...environment });
    if (Object.hasOwn(sources, name)) throw new KeeperError(`--secret ${name}: expected it once`, 'secret-twice');
    sources[name] = source;
  }
  for (const text of texts) delete process.env[text.replace(/^[^=]*=env:/, '')];
  return sources;
}

function readAuthority(text: string): [string, string] {
  const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new KeeperError('--ca: expected NAME=PATH', 'usage');
  return [name, path];
}

/** A core file would hold every secret; node can't set the limit, so it says when whoever started it didn't. */
function warnOfCoreDumps(): void {
  try {
    if (!/^Max core file size\s+0\s/m.test(readFileSync('/proc/self/limits', 'utf8'))) {
      process.stderr.write(
        `${JSON.stringify({ event: 'problem', about: 'process', problem: 'core dumps are on: start the keeper under `ulimit -c 0` [core-dumps-on]' })}\n`,
      );
    }
  } catch {
    // No /proc: another system, nothing to say.
  }
}

function serve({ options, readyFile }: Invocation): void {
  if (readyFile !== undefined) rmSync(readyFile, { force: true });
  const keeper: Keeper = startKeeper(options);
  const end = (): void => {
    keeper.stop();
    if (readyFile !== undefined) rmSync(readyFile, { force: true });
    process.exit(0);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  process.on('SIGHUP', () => keeper.reread());
  void keeper.ready.then(
    () => {
      const line = `${JSON.stringify({ ...keeper.status(), authorityCertificate: keeper.authorityCertificate })}\n`;
      if (readyFile !== undefined) writeAtomically(readyFile, line);
      process.stdout.write(line);
    },
    () => undefined,
  );
}

try {
  warnOfCoreDumps();
  serve(readInvocation(process.argv.slice(2)));
} catch (failure) {
  const usage = failure instanceof KeeperError ? failure.message : told(failure);
  process.stderr.write(`${usage}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
