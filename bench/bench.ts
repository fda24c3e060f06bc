/**
 * `npm run bench`: our proxy against a bare Envoy, squid and mitmproxy, in one run and as ratios of requests per CPU-second. Runs in network
 * and mount namespaces of its own; nothing leaves the machine. Expects squid (`squid-openssl`) and mitmproxy beside the usual programs:
 * `scripts/bench.mjs` sees to them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startAnchorhold } from './anchorhold';
import { startBareEnvoy } from './bare-envoy';
import { compare, type Comparison, type ComparisonResult, type Side } from './compare';
import type { Contender, Way } from './contender';
import { startMitmproxy } from './mitmproxy';
import { BARE_ANSWER, HOSTS, openPlace, OPAQUE, SCRUBBED } from './place';
import { markdown, withMeasured, type Report, type StartUp } from './report';
import { startSquid } from './squid';
import { holdStreams, type StreamsResult } from './streams';

const PAGE = join(__dirname, '..', 'docs', 'benchmarks.md');
const INSIDE = 'ANCHORHOLD_BENCH_INSIDE';

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly only?: string;
  readonly streams: number;
  readonly json?: boolean;
  readonly write?: boolean;
}

type Contenders = Readonly<Record<'ours' | 'bare' | 'squid' | 'mitmproxy', Contender>>;
type Starts = Readonly<Record<keyof Contenders, () => Promise<Contender>>>;

async function main(): Promise<void> {
  const options = readOptions();
  if (process.env[INSIDE] === undefined) process.exit(again());
  const directory = mkdtempSync(join(tmpdir(), 'anchorhold-bench-'));
  const envoy = process.env['ANCHORHOLD_ENVOY'] ?? 'envoy';
  const place = await openPlace(directory, envoy);
  const mitmdump = process.env['ANCHORHOLD_MITMDUMP'] ?? 'mitmdump';
  const start: Starts = {
    ours: () => startAnchorhold(place),
    bare: () => startBareEnvoy(place, HOSTS),
    squid: () => startSquid(place, HOSTS),
    mitmproxy: () => startMitmproxy(place, mitmdump, HOSTS),
  };
  try {
    const report: Report = {
      version: 1,
      envoy: `Envoy ${versionOf(envoy, ['--version'], /\d+\.\d+\.\d+/)}`,
      squid: `squid ${versionOf('squid', ['-v'], /\d+\.\d+/)}`,
      mitmproxy: `mitmproxy ${versionOf(mitmdump, ['--version'], /\d+\.\d+\.\d+/)}`,
      rounds: options.rounds,
      seconds: options.seconds,
      comparisons: await compareAll(start, options),
      streams: await holdAll(start, options),
      startUp: options.only === undefined || 'start-up'.includes(options.only) ? measureStartUp() : [],
    };
    const text = markdown(report);
    if (options.write) writeFileSync(PAGE, withMeasured(readFileSync(PAGE, 'utf8'), text));
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : `${text}\n`);
  } finally {
    await place.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function readOptions(): Options {
  const count = (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 0) return value;
    throw new InvalidArgumentError('expected a whole number from 1');
  };
  return new Command('npm run bench --')
    .description('Measures our proxy against a bare Envoy, squid and mitmproxy.')
    .option('--rounds <n>', 'rounds for each comparison', count, 5)
    .option('--seconds <n>', 'seconds for each side of a round', count, 3)
    .option('--only <text>', 'comparisons whose name contains this; `streams` or `start-up` for those alone')
    .option('--streams <n>', 'event streams held open', count, 500)
    .option('--json', 'one JSON document on standard output')
    .option('--write', 'write the tables into docs/benchmarks.md')
    .parse()
    .opts<Options>();
}

/** Runs this program again in namespaces of its own; with its first process ends all that it started. */
function again(): number {
  const flags = process.getuid?.() === 0 ? ['-nmp', '--mount-proc'] : ['-Urnmp', '--mount-proc'];
  const words = [...flags, '--kill-child', '-f', process.execPath, '--import', 'tsx', ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', words, { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } });
  return status ?? 1;
}

function versionOf(program: string, args: readonly string[], pattern: RegExp): string {
  return pattern.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[0] ?? 'of unknown version';
}

function comparisons({ ours, bare, squid, mitmproxy }: Contenders): readonly Comparison[] {
  const side = (contender: Contender, way: Way, host: string = SCRUBBED): Side => ({ contender, way, host });
  const against = (
    name: string,
    counts: readonly number[],
    left: Side,
    right: Side,
    aim?: number,
    fresh = false,
  ): Comparison[] =>
    counts.map((connections) => ({
      name,
      ours: left,
      theirs: right,
      connections,
      fresh,
      ...(aim === undefined ? {} : { aim }),
    }));
  const all = [1, 2, 4, 16];
  const some = [1, 16];
  return [
    ...against('transparent ÷ bare Envoy', some, side(ours, 'transparent'), side(bare, 'transparent'), 0.9),
    ...against('CONNECT ÷ bare Envoy', some, side(ours, 'connect'), side(bare, 'connect'), 0.9),
    ...against('base-URL ÷ bare Envoy', some, side(ours, 'gateway'), side(bare, 'gateway'), 0.9),
    ...against(
      'passthrough ÷ bare Envoy',
      some,
      side(ours, 'passthrough', OPAQUE),
      side(bare, 'passthrough', OPAQUE),
      0.9,
    ),
    ...against('transparent ÷ squid ssl_bump', all, side(ours, 'transparent'), side(squid, 'connect'), 1),
    ...against('CONNECT ÷ squid ssl_bump', all, side(ours, 'connect'), side(squid, 'connect'), 1),
    ...against('CONNECT ÷ mitmproxy', [2, 16], side(ours, 'connect'), side(mitmproxy, 'connect'), 15),
    ...against(
      'transparent passthrough ÷ squid splice',
      some,
      side(ours, 'passthrough', OPAQUE),
      side(squid, 'connect-passthrough', OPAQUE),
      1,
    ),
    ...against(
      'CONNECT passthrough ÷ squid splice',
      some,
      side(ours, 'connect-passthrough', OPAQUE),
      side(squid, 'connect-passthrough', OPAQUE),
      1,
    ),
    ...against('transparent, new ÷ squid', [4], side(ours, 'transparent'), side(squid, 'connect'), undefined, true),
    ...against('CONNECT, new ÷ bare Envoy', [4], side(ours, 'connect'), side(bare, 'connect'), undefined, true),
    ...against('CONNECT, new ÷ mitmproxy', [4], side(ours, 'connect'), side(mitmproxy, 'connect'), undefined, true),
    ...against('scrubbed ÷ not scrubbed', [16], side(ours, 'transparent'), side(ours, 'transparent', BARE_ANSWER)),
  ];
}

async function compareAll(start: Starts, options: Options): Promise<ComparisonResult[]> {
  const contenders: Contenders = {
    ours: await start.ours(),
    bare: await start.bare(),
    squid: await start.squid(),
    mitmproxy: await start.mitmproxy(),
  };
  const results: ComparisonResult[] = [];
  const chosen = comparisons(contenders).filter(
    ({ name }) => options.only === undefined || name.includes(options.only),
  );
  for (const [index, comparison] of chosen.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r[${index + 1}/${chosen.length}] ${comparison.name}\x1b[K`);
    results.push(await compare(comparison, options.rounds, options.seconds));
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  for (const contender of Object.values(contenders)) await contender.stop();
  return results;
}

function measureStartUp(): StartUp[] {
  const words = ['--import', 'tsx', join(__dirname, 'compile-size.ts'), '--json', '--idle', '5'];
  // compile-size.ts prints one document of this shape
  const document = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as {
    readonly measurements: StartUp[];
  };
  return document.measurements;
}

/** Each in a proxy started for it alone, since freed memory is used again. mitmproxy isn't among them: its addon needs the whole answer. */
async function holdAll(start: Starts, options: Options): Promise<StreamsResult[]> {
  if (options.only !== undefined && !'streams'.includes(options.only)) return [];
  const held: [keyof Starts, Way][] = [
    ['ours', 'transparent'],
    ['ours', 'connect'],
    ['ours', 'gateway'],
    ['bare', 'transparent'],
    ['bare', 'connect'],
    ['squid', 'connect'],
  ];
  const results: StreamsResult[] = [];
  for (const [name, way] of held) {
    const contender = await start[name]();
    results.push(await holdStreams(contender, way, options.streams));
    await contender.stop();
  }
  return results;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
