/**
 * How large and how quick a compiled bootstrap is: generates policies of N upstreams, compiles them, writes what the
 * keeper would, starts a real Envoy on them and reads its readiness, its memory and its idle processor time.
 * `npx tsx bench/compile-size.ts --help` says how it is asked.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { compile, type Compiled, type Layout } from '../lib/envoy';
import { startKeeper } from '../lib/keeper';
import { definePolicy, type Policy } from '../lib/policy';

const HELP = `Usage: tsx bench/compile-size.ts [options]
  --upstreams N,N   how many upstreams; one measurement each      (100,1000)
  --ways W,W        of transparent, gateway, connect              (gateway,transparent)
  --credentials     each upstream has a secret of its own         (on; --no-credentials)
  --idle SECONDS    then watch the processor for so long          (0: don't)
  --compile-only    start no Envoy
  --keep            leave the run directory and print its path
  --json            one JSON document
Envoy: ANCHORHOLD_ENVOY, else "envoy". Memory is the resident set when Envoy says it is ready.
`;
const COMPILES = 5;
const READY_TIMEOUT_MS = 60_000;
const TICKS_PER_SECOND = 100;

interface Measurement {
  readonly upstreams: number;
  readonly compileMs: number;
  readonly bootstrapBytes: number;
  readonly readySeconds?: number;
  readonly rssMB?: number;
  readonly idlePercent?: number;
  readonly inotify?: number;
}

interface Wish {
  readonly ways: readonly string[];
  readonly credentials: boolean;
  readonly idleSeconds: number;
  readonly keep: boolean;
  readonly compileOnly: boolean;
}

/** A policy as a large team would write it: every host its own secret, prefix and three rules; all protections on. */
function generatePolicy(count: number, credentials: boolean): Policy {
  const upstreams = Array.from({ length: count }, (_, index) => ({
    host: `service-${index}.team-${index % 17}.example`,
    prefix: `/service-${index}`,
    ...(credentials ? { credential: { header: 'x-api-key', secret: `key-${index}` } } : {}),
    rules: ['POST /v1/messages', 'GET /v1/models/*', 'GET,HEAD /v1/files/**'],
  }));
  return definePolicy({ policy: 1, name: 'bench', upstreams });
}

function layoutOf(ways: readonly string[]): Layout {
  return {
    gateway: ways.includes('gateway') ? { pipe: 'gateway.sock' } : false,
    forwardProxy: ways.includes('connect') ? { pipe: 'forward.sock' } : false,
    transparent: ways.includes('transparent') ? { address: '127.0.0.77' } : false,
  };
}

async function measure(upstreams: number, wish: Wish): Promise<Measurement> {
  const policy = generatePolicy(upstreams, wish.credentials);
  const layout = layoutOf(wish.ways);
  const times: number[] = [];
  let compiled = compile(policy, layout);
  for (let run = 0; run < COMPILES; run++) {
    const start = performance.now();
    compiled = compile(policy, layout);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const compileMs = Math.round(times[Math.floor(COMPILES / 2)] ?? 0);
  const size = { upstreams, compileMs, bootstrapBytes: Buffer.byteLength(compiled.bootstrap) };
  return wish.compileOnly ? size : { ...size, ...(await run(compiled, wish)) };
}

async function run(
  compiled: Compiled,
  wish: Wish,
): Promise<Omit<Measurement, 'upstreams' | 'compileMs' | 'bootstrapBytes'>> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'anchorhold-bench-'));
  try {
    for (const [name, text] of Object.entries(compiled.files)) {
      fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
      fs.writeFileSync(path.join(directory, name), text);
    }
    await writeSecrets(compiled, directory);
    const { child, readySeconds } = await startEnvoy(directory);
    const rssMB = Math.round(residentBytes(child) / 1e6);
    const inotify = inotifyInstances(child);
    const idlePercent = wish.idleSeconds > 0 ? await idle(child, wish.idleSeconds) : undefined;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    return { readySeconds, rssMB, inotify, ...(idlePercent === undefined ? {} : { idlePercent }) };
  } finally {
    if (wish.keep) process.stderr.write(`${directory}\n`);
    else fs.rmSync(directory, { recursive: true, force: true });
  }
}

/** By the real keeper, with made-up values. */
async function writeSecrets(compiled: Compiled, directory: string): Promise<void> {
  const names = compiled.manifest.credentials.flatMap(({ credential }) =>
    'secret' in credential ? [credential.secret] : [],
  );
  const sources = Object.fromEntries(
    names.map((name) => [name, { read: () => Promise.resolve(`made-up-${name}-0123456789`) }]),
  );
  const keeper = startKeeper({ manifest: compiled.manifest, directory, sources });
  await keeper.ready;
  keeper.stop();
}

async function startEnvoy(directory: string): Promise<{ readonly child: ChildProcess; readonly readySeconds: number }> {
  const flags = ['--disable-hot-restart', '--concurrency', '1', '-l', 'error', '--file-flush-interval-msec', '1000'];
  const start = performance.now();
  const child = spawn(process.env['ANCHORHOLD_ENVOY'] ?? 'envoy', ['-c', 'envoy.json', ...flags], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (performance.now() - start < READY_TIMEOUT_MS) {
    if (child.exitCode !== null) throw new Error(`expected a running Envoy, got exit ${child.exitCode}`);
    if (await isReady(path.join(directory, 'admin.sock'))) {
      return { child, readySeconds: Math.round(performance.now() - start) / 1000 };
    }
    await sleep(10);
  }
  throw new Error(`expected Envoy to be ready within ${READY_TIMEOUT_MS} ms`);
}

function isReady(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ socketPath, path: '/ready' }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}

function residentBytes(child: ChildProcess): number {
  const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

function inotifyInstances(child: ChildProcess): number {
  const folder = `/proc/${child.pid}/fd`;
  return fs.readdirSync(folder).filter((fd) => fs.readlinkSync(path.join(folder, fd)).includes('inotify')).length;
}

/** Percent of one core, over some seconds. */
async function idle(child: ChildProcess, seconds: number): Promise<number> {
  const used = (): number => {
    const fields = fs
      .readFileSync(`/proc/${child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  };
  const before = used();
  await sleep(seconds * 1000);
  return Math.round(((used() - before) / seconds) * 1000) / 10;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      upstreams: { type: 'string', default: '100,1000' },
      ways: { type: 'string', default: 'gateway,transparent' },
      credentials: { type: 'boolean', default: true },
      idle: { type: 'string', default: '0' },
      'compile-only': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const wish: Wish = {
    ways: values.ways.split(','),
    credentials: values.credentials,
    idleSeconds: Number(values.idle),
    compileOnly: values['compile-only'],
    keep: values.keep,
  };
  const measurements: Measurement[] = [];
  for (const count of values.upstreams.split(',').map(Number)) {
    const found = await measure(count, wish);
    measurements.push(found);
    const line = Object.entries(found).map(([name, value]) => `${name} ${value}`);
    if (!values.json) process.stdout.write(`${line.join('  ')}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ version: 1, ways: wish.ways, measurements })}\n`);
}

void main();
