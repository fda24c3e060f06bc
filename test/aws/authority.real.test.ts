import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AUTHORITY_PATH, compile } from '../../lib/envoy';
import { type Keeper, startKeeper } from '../../lib/keeper';
import { POLICY } from './stack';
import { findEnvoy } from './find-envoy';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-authority-'));
const log = join(directory, 'requests.jsonl');
let keeper: Keeper;
let envoy: ChildProcess;

beforeAll(async () => {
  const compiled = compile(POLICY, {
    gateway: { pipe: 'gateway.sock' },
    forwardProxy: { pipe: 'forward.sock' },
    transparent: false,
  });
  for (const [path, text] of Object.entries(compiled.files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  keeper = startKeeper({
    manifest: compiled.manifest,
    directory,
    sources: { 'anthropic-key': { read: () => Promise.resolve('canary-0123456789') } },
  });
  await keeper.ready;
  const output = openSync(log, 'a');
  const words = ['--config-path', 'envoy.json', '--disable-hot-restart', '--file-flush-interval-msec', '50'];
  envoy = spawn(findEnvoy(), [...words, '--log-level', 'error'], { cwd: directory, stdio: ['ignore', output, output] });
  closeSync(output);
  while (!existsSync(join(directory, 'gateway.sock'))) await pause(50);
  await pause(300);
});
afterAll(() => {
  envoy.kill('SIGKILL');
  keeper.stop();
  rmSync(directory, { recursive: true, force: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ask = (...words: string[]) =>
  execFileSync(
    'curl',
    ['-sS', '--unix-socket', join(directory, 'gateway.sock'), '-w', '\n%{http_code} %{content_type}', ...words],
    {
      encoding: 'utf8',
    },
  );

test('the gateway hands out the authority’s certificate, and logs no line for it', async () => {
  expect(ask(`http://proxy${AUTHORITY_PATH}`)).toBe(`${keeper.authorityCertificate}\n200 application/x-pem-file`);
  expect(ask(`http://proxy/elsewhere`)).toMatch(/403 application\/json$/);
  await pause(200);
  expect(readFileSync(log, 'utf8')).toContain('"/elsewhere"');
  expect(readFileSync(log, 'utf8')).not.toContain(AUTHORITY_PATH);
});

test('refuses every other method there, and every path below it', () => {
  expect(ask('-X', 'POST', `http://proxy${AUTHORITY_PATH}`)).toMatch(/"host-not-listed"[^]*403 application\/json$/);
  expect(ask(`http://proxy${AUTHORITY_PATH}/../authority.key`, '--path-as-is')).toMatch(/40[03] application\/json$/);
});
