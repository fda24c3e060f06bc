import { execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInternet, type Internet } from '../../examples/demo/stand-in';
import { KEY, POLICY } from './place';

let internet: Internet;
const folder = mkdtempSync(join(tmpdir(), 'anchorhold-stop-'));
beforeAll(async () => {
  internet = await startInternet({ modelKey: KEY, gitPassword: 'git-canary' });
  writeFileSync(join(folder, 'authority.pem'), internet.authority);
});
afterAll(() => {
  internet.stop();
  rmSync(folder, { recursive: true, force: true });
});

const ASK = `curl -sS -m5 --noproxy '*' -o /dev/null -d '{"stream":false}' https://api.model.example/v1/messages`;

/** A run of a command that goes on for long, in a process of its own. */
function longRun(kept: string, script: string, uplink?: 'slirp4netns') {
  const options = {
    policy: POLICY,
    command: ['sh', '-c', script],
    secrets: { 'model-key': { env: 'TWIN_TEST_KEY' } },
    authorities: { 'stand-in': join(folder, 'authority.pem') },
    uplink: uplink
      ? { kind: uplink }
      : { kind: 'veth', namespace: internet.namespace.name, resolver: internet.resolver },
    runDirectory: kept,
    stdio: 'inherit',
  };
  const words = ['--import', require.resolve('tsx'), join(__dirname, 'run-once.ts'), JSON.stringify(options)];
  const child = spawn(process.execPath, words, {
    env: { ...process.env, TWIN_TEST_KEY: KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'none')),
  );
  return { child, ended, said: () => text };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 900; tries++, await new Promise((done) => setTimeout(done, 100))) if (holds()) return;
  throw new Error(`never: ${what}`);
}

/** Process ids and names below one. */
function descendants(pid: number): readonly { readonly pid: number; readonly name: string }[] {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');
  const children = read(`/proc/${pid}/task/${pid}/children`).split(/\s+/).filter(Boolean).map(Number);
  return children.flatMap((child) => [{ pid: child, name: read(`/proc/${child}/comm`) }, ...descendants(child)]);
}

/** Everything in the files that a run left. */
function left(kept: string): string {
  const files = readdirSync(kept, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

test('told to end by the terminal, as all of its group is, a run ends its command and its proxy in order, and leaves the log and no process', async () => {
  const kept = join(folder, 'told');
  const { child, ended, said } = longRun(kept, `${ASK}; echo begun; exec sleep 600`);
  await until(() => said().includes('begun'), `a first answer: ${said()}`);
  const inside = descendants(child.pid ?? 0);
  expect(inside.map(({ name }) => name)).toEqual(expect.arrayContaining(['envoy', 'sleep']));
  process.kill(-(child.pid ?? 0), 'SIGINT');
  expect(await ended).toBe(130);
  expect(said()).not.toMatch(/ ended/);
  await until(() => inside.every(({ pid }) => !existsSync(`/proc/${pid}`)), 'that all its processes are gone');
  expect(left(kept)).toContain('/v1/messages');
  expect(left(kept)).not.toContain(KEY);
}, 200_000);

/** The usual way out needs it, and not every machine has it. */
function hasTun(): boolean {
  try {
    accessSync('/dev/net/tun', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

(hasTun() ? test : test.skip).each([
  ['before its command begins', ['slirp4netns', 'envoy']],
  ['while its command runs', ['slirp4netns', 'envoy', 'sleep']],
] as const)(
  'killed outright %s, a run leaves no process',
  async (when, names) => {
    const { child, ended, said } = longRun(join(folder, when.replaceAll(' ', '-')), 'exec sleep 600', 'slirp4netns');
    const inside = () => descendants(child.pid ?? 0);
    const there = () => names.every((name) => inside().some((one) => one.name === name));
    await until(there, `processes ${names.join(', ')}: ${said()}`);
    const all = inside();
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    await until(
      () => all.every(({ pid }) => !existsSync(`/proc/${pid}`)),
      `that they are gone: ${JSON.stringify(all)}`,
    );
  },
  200_000,
);

test('an Envoy whose worker crashes with requests in hand leaves the key in no file and no output', async () => {
  const kept = join(folder, 'crashed');
  const { child, ended, said } = longRun(
    kept,
    `for i in $(seq 400); do ${ASK}; done >/dev/null 2>&1 & echo begun; exec sleep 600`,
  );
  await until(() => said().includes('begun'), `a begin: ${said()}`);
  for (let crashes = 1; crashes <= 3; crashes++) {
    const before = internet.record().length;
    await until(() => internet.record().length > before, 'a request that arrives');
    const envoy = descendants(child.pid ?? 0).find(({ name }) => name === 'envoy');
    execFileSync('python3', [join(__dirname, '../faults/abort_worker.py'), String(envoy?.pid)]);
    await until(() => said().split('Envoy ended').length > crashes, `a notice of crash ${crashes}: ${said()}`);
  }
  child.kill('SIGTERM');
  expect(await ended).toBe(143);
  // The control: the key was in the requests that it held.
  expect(JSON.stringify(internet.record())).toContain(KEY);
  expect(left(kept)).toContain('/v1/messages');
  expect(left(kept) + said()).not.toContain(KEY);
}, 400_000);
