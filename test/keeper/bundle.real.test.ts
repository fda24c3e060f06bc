import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { packFiles } from '../../lib/aws/config-carrier';
import { compile } from '../../lib/envoy';
import { Authority } from '../../lib/keeper/authority';
import { ailment } from '../../lib/keeper/health';
import { definePolicy } from '../../lib/policy';
import { bundle, check, KeeperProcess } from './process';
import { signatureOf } from './signature';
import { bundleFile, endAll, endings, temporaryDirectory, tokenServer, until } from './setting';

const OLD = 'canary-old-0123456789';
const NEW = 'canary-new-0123456789';
const COMPILED = compile(
  definePolicy({
    policy: 1,
    name: 'bundle',
    upstreams: Array.from({ length: 20 }, (_, at) => ({
      host: `h${at}.example`,
      credential: { bearer: 'key' },
      rules: ['GET /v1/messages'],
    })),
  }),
);
const ENVIRONMENT = { ANCHORHOLD_FILES: packFiles(COMPILED.files) };
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:model-key-AbC123';

const keep = endings.length;
let program: string;
beforeAll(() => {
  program = bundle(temporaryDirectory());
  // The bundle outlives each test's own endings.
  endings.splice(keep);
}, 60_000);
afterEach(endAll);

interface Place {
  readonly directory: string;
  readonly secret: string;
  readonly words: readonly string[];
  readonly value: () => string;
  readonly rotate: (value: string) => void;
}

function place(): Place {
  const directory = temporaryDirectory();
  const secret = join(temporaryDirectory(), 'secret');
  writeFileSync(secret, OLD);
  return {
    directory,
    secret,
    words: ['--run-directory', directory, '--files-from', 'ANCHORHOLD_FILES', '--secret', `key=file:${secret}`],
    value: () => readFileSync(join(directory, 'credentials/key.bearer/value'), 'utf8'),
    rotate: (value) => {
      writeFileSync(`${secret}.new`, value);
      renameSync(`${secret}.new`, secret);
    },
  };
}

/** Every file below, as paths. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}

describe('the bundle', () => {
  it('needs nothing but node, has no native part and is smaller than 600 kB', () => {
    const text = readFileSync(program, 'utf8');
    const needed = [...text.matchAll(/require\("([^"]+)"\)/g)].map(([, name = '']) => name.replace(/^node:/, ''));
    expect(needed.filter((name) => !builtinModules.includes(name))).toEqual([]);
    expect(needed).toContain('https');
    expect(text).not.toMatch(/\.node"|process\.dlopen/);
    expect(text.length).toBeLessThan(600_000);
  });
});

describe('docs/keeper.md', () => {
  it('shows the usage that the program prints', async () => {
    const keeper = KeeperProcess.start(program, []);
    expect(await keeper.ended).toBe(2);
    const page = readFileSync(join(__dirname, '../../docs/keeper.md'), 'utf8');
    const [, shown = 'none'] = /```text\n([^`]*)\n```/.exec(page) ?? [];
    expect(keeper.err).toContain(shown);
  });
});

describe('the keeper beside an agent', () => {
  const trust = (url: string, directory: string) =>
    KeeperProcess.start(program, ['--trust-from', url, '--run-directory', directory]);

  it("writes the proxy's authority for the agent, alone and after the public roots, and ends", async () => {
    const { certificate } = Authority.create(Date.now());
    let ready = false;
    const proxy = await tokenServer(() => (ready ? { body: certificate } : { status: 503, body: '' }), {
      secure: false,
    });
    const directory = temporaryDirectory();
    const keeper = trust(`${proxy.url}/authority.crt`, directory);
    await until(() => proxy.asked.length > 0, 'the first try');
    ready = true;
    expect(await keeper.ended).toBe(0);
    expect(readFileSync(join(directory, 'authority.crt'), 'utf8')).toBe(certificate);
    const bundled = readFileSync(join(directory, 'bundle.pem'), 'utf8');
    expect(bundled.trim().endsWith(certificate.trim())).toBe(true);
    expect(bundled.match(/BEGIN CERTIFICATE/g)?.length).toBe(rootCertificates.length + 1);
    expect(statSync(join(directory, 'bundle.pem')).mode & 0o777).toBe(0o644);
  });
});

describe('the keeper beside an agent on a platform that probes a port', () => {
  const { certificate } = Authority.create(Date.now());
  const start = async (port: number, ready: () => boolean, ...more: readonly string[]) => {
    const proxy = await tokenServer(() => (ready() ? { body: certificate } : { status: 503, body: '' }), {
      secure: false,
    });
    const words = ['--trust-from', `${proxy.url}/authority.crt`, '--run-directory', temporaryDirectory()];
    return { proxy, keeper: KeeperProcess.start(program, [...words, '--ready-port', String(port), ...more]) };
  };

  it('opens it only once the certificate is written, and ends after it was asked', async () => {
    const port = await freePort();
    let given = false;
    const { proxy, keeper } = await start(port, () => given, '--ready-seconds', '1');
    await until(() => proxy.asked.length > 0, 'the first try');
    expect(await connects(port)).toBe(false);
    given = true;
    while (!(await connects(port))) await pause(20);
    expect(await keeper.ended).toBe(0);
  });

  it('without an end stays until it is told, and goes at once then', async () => {
    const port = await freePort();
    const { keeper } = await start(port, () => true);
    while (!(await connects(port))) await pause(20);
    expect(await connects(port)).toBe(true);
    keeper.child.kill('SIGTERM');
    expect(await keeper.ended).toBe(0);
  });

  it('refuses a port that is no number', async () => {
    const keeper = KeeperProcess.start(program, [
      '--trust-from',
      'http://x.example/',
      '--run-directory',
      '.',
      '--ready-port',
      'x',
    ]);
    expect(await keeper.ended).toBe(2);
    expect(keeper.err).toContain('--ready-port: expected a number [usage]');
  });
});

describe('the keeper process', () => {
  it('unpacks the compiled files, writes every value and leaf, and is then ready and well', async () => {
    const { directory, words, value } = place();
    const keeper = KeeperProcess.start(program, words, ENVIRONMENT);
    await keeper.ready();
    expect(check(program, directory)).toEqual({ code: 0, text: 'well\n' });
    expect(value()).toBe(`Bearer ${OLD}`);
    for (const [name, text] of Object.entries(COMPILED.files))
      expect(readFileSync(join(directory, name), 'utf8')).toBe(text);
    for (const { certificate, key } of COMPILED.manifest.leaves) {
      const leaf = new X509Certificate(readFileSync(join(directory, certificate)));
      expect(leaf.checkPrivateKey(createPrivateKey(readFileSync(join(directory, key))))).toBe(true);
    }
    expect(filesOf(directory).filter((name) => (statSync(join(directory, name)).mode & 0o077) !== 0)).toEqual([]);
    expect(JSON.parse(keeper.out)).toMatchObject({ ready: true, missing: [], policy: COMPILED.policy });
  });

  it('tells no value in its arguments, its output or its status', async () => {
    const { directory, words, rotate, value } = place();
    const keeper = KeeperProcess.start(program, words, { ...ENVIRONMENT, OTHER: 'x' });
    await keeper.ready();
    rotate(`${NEW}\r\nx-admin: 1`);
    await until(() => value() === '', 'the value refused');
    const told = [
      keeper.out,
      keeper.err,
      readFileSync(`/proc/${keeper.child.pid}/cmdline`, 'utf8'),
      readFileSync(join(directory, 'keeper-status.json'), 'utf8'),
    ].join();
    expect(told).toContain('secret-control-character');
    expect(told).not.toMatch(/canary/);
  });

  it('follows a rotation, looks again on SIGHUP, and closes a revoked credential without being unwell', async () => {
    const { directory, words, value, rotate } = place();
    const keeper = KeeperProcess.start(program, words, ENVIRONMENT);
    await keeper.ready();
    rotate(NEW);
    keeper.child.kill('SIGHUP');
    await until(() => value() === `Bearer ${NEW}`, 'the rotation');
    rotate('');
    await until(() => value() === '', 'the revocation');
    await until(
      () => readFileSync(join(directory, 'keeper-status.json'), 'utf8').includes('secret-empty'),
      'a beat',
      8000,
    );
    expect(check(program, directory).code).toBe(0);
  });

  it('ends on SIGTERM with 0 and without a trace but the files Envoy drains with', async () => {
    const { directory, words, value } = place();
    const keeper = KeeperProcess.start(program, words, ENVIRONMENT);
    await keeper.ready();
    keeper.child.kill('SIGTERM');
    expect(await keeper.ended).toBe(0);
    expect(check(program, directory)).toEqual({ code: 1, text: expect.stringContaining('[keeper-absent]') });
    expect(value()).toBe(`Bearer ${OLD}`);
  });

  it('is not well before its first secret is there, and names what is missing', async () => {
    const { directory, words, secret, rotate, value } = place();
    renameSync(secret, `${secret}.away`);
    const keeper = KeeperProcess.start(program, words, ENVIRONMENT);
    await until(() => keeper.err.includes('ENOENT') && existsSync(join(directory, 'keeper-status.json')), 'a beat');
    expect(check(program, directory)).toEqual({
      code: 1,
      text: expect.stringContaining('credential key.bearer'),
    });
    expect(value()).toBe('');
    rotate(OLD);
    await keeper.ready();
    expect(check(program, directory).code).toBe(0);
  });

  it.each(['before the rename', 'in the middle of the bytes'])(
    'killed while it writes a new value, %s, leaves the old one whole; the next start writes it and tidies up',
    async (when) => {
      const { directory, words, value, rotate } = place();
      const kept = ['--authority-seed', `file:${seedFile()}`];
      const first = KeeperProcess.start(program, [...words, ...kept], {
        ...ENVIRONMENT,
        NODE_OPTIONS: `--require ${killer(when)}`,
      });
      await first.ready();
      rotate(NEW);
      expect(await first.ended).toBe('SIGKILL');
      expect(value()).toBe(`Bearer ${OLD}`);
      const left = readFileSync(join(directory, 'credentials/key.bearer/.value.new'), 'utf8');
      expect(`Bearer ${NEW}`.startsWith(left)).toBe(true);
      expect(left.length > 0 && (left.length === `Bearer ${NEW}`.length) === (when === 'before the rename')).toBe(true);
      expect(ailment(directory, Date.now() + 16_000)).toContain('[keeper-silent]');
      const second = KeeperProcess.start(program, [...words, ...kept], ENVIRONMENT);
      await second.ready();
      expect(value()).toBe(`Bearer ${NEW}`);
      expect(filesOf(directory).filter((name) => name.endsWith('.new'))).toEqual([]);
      const [before, after] = [authorityOf(first), authorityOf(second)].map(
        (pem) => new X509Certificate(pem).publicKey,
      );
      expect(before !== undefined && after?.equals(before)).toBe(true);
    },
  );

  it.each<[string, string[], string]>([
    ['without a run directory', [], '[usage]'],
    ['with an option it does not know', ['--verbose'], 'ERR_PARSE_ARGS_UNKNOWN_OPTION'],
    ['with a value where a source belongs', ['--secret', `key=${NEW}`], '[secret-source]'],
    ['with a source of an unknown kind', ['--secret', `key=vault:${NEW}`], '[secret-source]'],
    ['without the secret the policy names', [], '[secret-not-given]'],
    ['with files of another form', ['--files-from', 'OTHER'], '[files-malformed]'],
  ])('refuses to start %s: exit 2, one sentence, no value', async (what, more, code) => {
    const { words, directory } = place();
    const base = what === 'without a run directory' ? [] : words.slice(0, 4);
    const keeper = KeeperProcess.start(program, [...base, ...more], { ...ENVIRONMENT, OTHER: NEW });
    expect(await keeper.ended).toBe(2);
    expect(keeper.err).toContain(code);
    // The usage would hide the sentence where only the last lines are shown.
    expect(keeper.err.includes('--run-directory DIR')).toBe(/usage|ERR_PARSE/.test(code));
    expect(keeper.err + keeper.out).not.toMatch(/canary/);
    expect(existsSync(join(directory, 'credentials'))).toBe(false);
  });

  it('reads a secret of Secrets Manager with the identity of its task, as the AWS layer starts it', async () => {
    const { keeper, api, directory, value } = await ofTheStore([]);
    await keeper.ready();
    expect(value()).toBe(`Bearer ${OLD}`);
    expect(check(program, directory).code).toBe(0);
    expect(JSON.parse(api.asked[0]?.body ?? '')).toEqual({ SecretId: ARN });
  });

  it('asks nothing of a store it cannot verify, though the environment turns verification off', async () => {
    const other = Authority.create(Date.now()).certificate;
    const { keeper, api, value } = await ofTheStore([other], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    await until(() => keeper.err.includes('credential-emptied'), 'a refusal', 8000);
    expect(keeper.err).toContain('[unreachable]');
    expect(value()).toBe('');
    expect(api.asked).toEqual([]);
  });

  it('writes through no link that is put in its way while it writes', async () => {
    const { directory, words } = place();
    const victim = join(temporaryDirectory(), 'victim');
    writeFileSync(victim, 'untouched');
    const keeper = KeeperProcess.start(program, words, {
      ...ENVIRONMENT,
      NODE_OPTIONS: `--require ${planter(victim)}`,
    });
    await until(() => keeper.err.includes('EEXIST'), 'a refusal', 8000);
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(check(program, directory).code).toBe(1);
  });
});

describe('compiled files too large for a variable', () => {
  const packed = packFiles(COMPILED.files);
  const digest = createHash('sha256').update(packed).digest('hex');
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  async function fetched(body: string) {
    const bucket = await tokenServer(() => ({ body: JSON.stringify({ files: body }) }));
    const identity = { AccessKeyId: 'AKIDEXAMPLE', SecretAccessKey: 'canary-key', Token: 'y', Expiration: inAnHour() };
    const endpoint = await tokenServer(() => ({ body: JSON.stringify(identity) }), { secure: false });
    const { directory, words } = place();
    const from = [
      '--files-from',
      'https://s3.eu-central-1.amazonaws.com/assets-123/abc.json',
      '--files-digest',
      digest,
    ];
    const more = [...from, ...words.slice(4), '--public-roots', bundleFile(bucket.roots)];
    const keeper = KeeperProcess.start(program, ['--run-directory', directory, ...more], {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url.replace('localhost', '127.0.0.1'),
      AWS_ENDPOINT_URL_S3: bucket.url,
    });
    return { keeper, directory, bucket };
  }

  it('are fetched from the bucket, signed by the task role', async () => {
    const { keeper, directory, bucket } = await fetched(packed);
    await keeper.ready();
    expect(readFileSync(join(directory, 'envoy.json'), 'utf8')).toBe(COMPILED.bootstrap);
    const [asked] = bucket.asked;
    if (asked === undefined) throw new Error('nothing arrived');
    expect(asked.path).toBe('/assets-123/abc.json');
    // S3 signs what it is told of the body, not the body.
    const { sent, due, scope } = signatureOf(asked, 'canary-key', String(asked.headers['x-amz-content-sha256']));
    expect(sent).toBe(due);
    expect(scope).toContain('/eu-central-1/s3/');
  });

  it('are refused when they are not those that were compiled', async () => {
    const { keeper, directory } = await fetched(packFiles({ ...COMPILED.files, 'keeper.json': '{}' }));
    await until(() => keeper.err.includes('[files-digest]'), 'a refusal');
    expect(filesOf(directory)).toEqual([]);
  });
});

/** Started on a secret of a stand-in Secrets Manager; `roots` in place of the stand-in's own. */
async function ofTheStore(roots: readonly string[], environment: Record<string, string> = {}) {
  const api = await tokenServer(() => ({ body: JSON.stringify({ SecretString: OLD }) }));
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const identity = { AccessKeyId: 'AKIDEXAMPLE', SecretAccessKey: 'x', Token: 'y', Expiration: soon };
  const endpoint = await tokenServer(() => ({ body: JSON.stringify(identity) }), { secure: false });
  const { directory, words, value } = place();
  const bundled = bundleFile(roots.length > 0 ? roots : api.roots);
  const more = ['--secret', `key=aws-secret:${ARN}`, '--public-roots', bundled];
  const keeper = KeeperProcess.start(program, [...words.slice(0, 4), ...more], {
    ...ENVIRONMENT,
    ...environment,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url.replace('localhost', '127.0.0.1'),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: api.url,
  });
  return { keeper, api, directory, value };
}

/** A preload that puts a link where the temporary file of a value goes, just after it was cleared. */
function planter(victim: string): string {
  const path = join(temporaryDirectory(), 'planter.cjs');
  writeFileSync(
    path,
    `const fs = require('node:fs');
     const { rmSync } = fs;
     fs.rmSync = (path, options) => {
       rmSync(path, options);
       if (String(path).endsWith('/.value.new')) fs.symlinkSync(${JSON.stringify(victim)}, path);
     };`,
  );
  return path;
}

function authorityOf(keeper: KeeperProcess): string {
  const status: unknown = JSON.parse(keeper.out);
  return String(Object(status).authorityCertificate);
}

function seedFile(): string {
  const path = join(temporaryDirectory(), 'seed');
  writeFileSync(path, `${'canary-seed-'.repeat(6)}\n`);
  return path;
}

/** A preload that kills the process in the second write of the credential's file: it stands where the kernel would. */
function killer(when: string): string {
  const path = join(temporaryDirectory(), 'killer.cjs');
  writeFileSync(
    path,
    `const fs = require('node:fs');
     const { renameSync, writeFileSync } = fs;
     const die = () => process.kill(process.pid, 'SIGKILL');
     fs.renameSync = (from, to) => {
       if (String(to).endsWith('/value') && fs.readFileSync(from, 'utf8').includes(${JSON.stringify(NEW)})) return die();
       renameSync(from, to);
     };
     fs.writeFileSync = (file, content) => {
       if (${JSON.stringify(when)} !== 'before the rename' && String(content).includes(${JSON.stringify(NEW)})) {
         fs.writeSync(file, String(content).slice(0, 12));
         return die();
       }
       writeFileSync(file, content);
     };`,
  );
  return path;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, () => {
      // A listening TCP server's address is an object.
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
