import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The run hook of the example's MicroVM, as a process, with a proxy's authority for it to fetch. */
const HOOK = join(__dirname, '../../examples/aws-compute/microvm/run-hook.mjs');
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nof-the-proxy\n-----END CERTIFICATE-----\n';
const PATH = '/aws/lambda-microvms/runtime/v1/run';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-hook-'));
const seen = join(directory, 'seen');
let proxy: Server;
let answer = CERTIFICATE;
const running: ChildProcess[] = [];
beforeAll(async () => {
  writeFileSync(join(directory, 'roots.pem'), 'public roots');
  proxy = createServer((_, response) => response.end(answer));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => {
  proxy.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Starts the hook with a command that writes what it was told; resolves with its port. */
async function startHook(): Promise<{ child: ChildProcess; port: number }> {
  const { port } = proxy.address() as AddressInfo; // a listening TCP server's address is an object
  const script = `require('fs').writeFileSync(${JSON.stringify(seen)}, process.env.ANCHORHOLD_INPUT); process.exit(7)`;
  const child = spawn(process.execPath, [HOOK, process.execPath, '-e', script], {
    env: {
      PATH: process.env['PATH'],
      ANCHORHOLD_HOOK_PORT: '0',
      ANCHORHOLD_AUTHORITY: `http://127.0.0.1:${port}/authority.crt`,
      ANCHORHOLD_ROOTS: join(directory, 'roots.pem'),
      NODE_EXTRA_CA_CERTS: join(directory, 'trust', 'authority.crt'),
      SSL_CERT_FILE: join(directory, 'trust', 'bundle.pem'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(said)));
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString();
      const found = /hook on (\d+)/.exec(said)?.[1];
      if (found) resolve({ child, port: Number(found) });
    });
  });
}

const post = (port: number, path: string, body: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method: 'POST', agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    asked.on('error', reject);
    asked.end(body);
  });
const payload = (text: string) => JSON.stringify({ microvmId: 'x', runHookPayload: text });

test('a run fetches the proxy’s authority, starts the agent with the caller’s text, and ends with its code', async () => {
  answer = CERTIFICATE;
  const { child, port } = await startHook();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  expect(await post(port, '/elsewhere', payload('no'))).toBe(404);
  expect(await post(port, PATH, payload('work on $(this)'))).toBe(200);
  expect(await ended).toBe(7);
  expect(readFileSync(seen, 'utf8')).toBe('work on $(this)');
  expect(readFileSync(join(directory, 'trust', 'authority.crt'), 'utf8')).toBe(CERTIFICATE);
  expect(readFileSync(join(directory, 'trust', 'bundle.pem'), 'utf8')).toBe(`public roots\n${CERTIFICATE}`);
});

test.each([
  ['a body without a text', CERTIFICATE, '{}'],
  ['an answer that is no certificate', 'not found', payload('x')],
])('starts nothing on %s, and says so to the platform', async (_, served, body) => {
  answer = served;
  rmSync(seen, { force: true });
  const { child, port } = await startHook();
  expect(await post(port, PATH, body)).toBe(500);
  expect(child.exitCode).toBeNull();
  expect(() => readFileSync(seen)).toThrow('ENOENT');
});
