import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeeperManifest } from '../../lib/envoy';
import { Authority } from '../../lib/keeper/authority';
import { type Keeper, type KeeperOptions, startKeeper } from '../../lib/keeper/keeper';
import { environmentSecret, fileSecret, type SecretSource } from '../../lib/keeper/secret-source';
import type { KeeperRecord } from '../../lib/keeper/status';
import { endAll, endings, HandClock, manifestOf, temporaryDirectory, until } from './setting';

afterEach(endAll);
const CANARY = 'canary-4f1b9d';
const bearer = { kind: 'header', prefix: 'Bearer ', secret: 'key' } as const;

interface Started {
  readonly keeper: Keeper;
  readonly clock: HandClock;
  readonly directory: string;
  readonly log: KeeperRecord[];
  readonly value: () => string;
}

function started(
  options: Partial<KeeperOptions> & { sources: Record<string, SecretSource> },
  manifest: KeeperManifest = manifestOf(bearer),
): Started {
  const directory = temporaryDirectory();
  const clock = new HandClock();
  const log: KeeperRecord[] = [];
  const keeper = startKeeper({ manifest, directory, clock, log: (record) => log.push(record), ...options });
  endings.push(() => keeper.stop());
  return {
    keeper,
    clock,
    directory,
    log,
    value: () => readFileSync(join(options.directory ?? directory, 'credentials/one/value'), 'utf8'),
  };
}

/** A source that says what the test tells it to. */
function said(first: string | Error): SecretSource & { now: string | Error } {
  const source = {
    now: first,
    read: () => (typeof source.now === 'string' ? Promise.resolve(source.now) : Promise.reject(source.now)),
  };
  return source;
}

describe('keeper', () => {
  it('writes the whole header value, then is ready', async () => {
    const { keeper, value, directory } = started({ sources: { key: said(`${CANARY}\n`) } });
    await keeper.ready;
    expect(value()).toBe(`Bearer ${CANARY}`);
    expect(keeper.status()).toMatchObject({ ready: true, missing: [] });
    expect(statSync(join(directory, 'credentials/one/value')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'credentials/one')).mode & 0o777).toBe(0o700);
  });

  it('has made the directory of each credential by the time it returns', () => {
    const { directory } = started({ sources: { key: { read: () => new Promise<string>(() => undefined) } } });
    expect(existsSync(join(directory, 'credentials/one'))).toBe(true);
  });

  it('is not ready while a secret is missing, names it, and becomes ready when it appears', async () => {
    const source = said(Object.assign(new Error(CANARY), { code: 'ENOENT' }));
    const { keeper, clock, value, log } = started({ sources: { key: source } });
    await until(() => log.length > 0, 'a problem');
    expect(keeper.status()).toMatchObject({ ready: false, missing: ['credential one'] });
    expect(keeper.status().credentials[0]?.problem).toBe(
      'secret key: expected its source to answer, got ENOENT [failed]',
    );
    expect(value()).toBe('');
    source.now = CANARY;
    clock.advance(1);
    await keeper.ready;
    expect(value()).toBe(`Bearer ${CANARY}`);
  });

  it('is not ready with an empty secret', async () => {
    const { keeper, value, log } = started({ sources: { key: said('\n') } });
    await until(() => log.length > 0, 'a problem');
    expect(value()).toBe('');
    expect(keeper.status()).toMatchObject({
      ready: false,
      credentials: [{ state: 'absent', problem: expect.stringContaining('[secret-empty]') }],
    });
  });

  it('empties what an earlier run left when the source does not answer', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'credentials/one'), { recursive: true });
    writeFileSync(join(directory, 'credentials/one/value'), 'Bearer of-an-earlier-run');
    const { value, log } = started({ directory, sources: { key: said(new Error('down')) } });
    await until(() => log.length > 0, 'a problem');
    expect(value()).toBe('');
  });

  it('follows a rotation at the next look, and revokes by an empty file, never by none', async () => {
    const source = said('first');
    const { keeper, clock, value } = started({ sources: { key: source } });
    await keeper.ready;
    source.now = 'second';
    clock.advance(1);
    await until(() => value() === 'Bearer second', 'the second value');
    source.now = '';
    clock.advance(1);
    await until(() => value() === '', 'the revocation');
    expect(keeper.status().missing).toEqual(['credential one']);
  });

  it('keeps the last good value while the source fails', async () => {
    const source = said('good');
    const { keeper, clock, value } = started({ sources: { key: source } });
    await keeper.ready;
    source.now = new Error('throttled');
    clock.advance(1);
    await until(() => keeper.status().credentials[0]?.problem !== undefined, 'the problem');
    expect(value()).toBe('Bearer good');
    expect(keeper.status().ready).toBe(true);
    source.now = 'good';
    clock.advance(1);
    await until(() => keeper.status().credentials[0]?.problem === undefined, 'the problem gone');
  });

  it.each([
    ['an inner line break', `${CANARY}\r\nx-admin: 1`, 'secret-control-character'],
    ['binary', `${CANARY}\ufffd\ufffd`, 'secret-control-character'],
    ['70 KiB', CANARY.repeat(6000), 'secret-too-large'],
  ])('closes when the source turns to %s', async (_what, text, code) => {
    const source = said('good');
    const { keeper, clock, value } = started({ sources: { key: source } });
    await keeper.ready;
    source.now = text;
    clock.advance(1);
    await until(() => value() === '', 'the file emptied');
    expect(keeper.status().credentials[0]?.problem).toContain(`[${code}]`);
  });

  it('reads a secret once for all credentials made of it, and a slow one holds up no other', async () => {
    let reads = 0;
    const shared = { ...bearer, secret: 'shared' };
    const credentials = ['one', 'two', 'slow'].map((id) => ({
      id,
      file: `credentials/${id}/value`,
      credential: id === 'slow' ? bearer : shared,
    }));
    const { keeper, clock, value, directory } = started(
      {
        sources: {
          shared: { read: () => Promise.resolve(`read-${++reads}`) },
          key: { read: () => new Promise<string>(() => undefined) },
        },
      },
      manifestOf(bearer, { credentials }),
    );
    await until(() => existsSync(join(directory, 'credentials/two/value')), 'the second credential');
    expect(reads).toBe(1);
    clock.advance(1);
    await until(() => value() === 'Bearer read-2', 'the rotation');
    expect(keeper.status().missing).toEqual(['credential slow']);
  });

  it('tells no value, in the log, the status or a rejection', async () => {
    const source = said(`${CANARY}\0`);
    const { keeper, clock, log, value } = started({ sources: { key: source } });
    await until(() => log.length > 0, 'a problem');
    for (const next of [
      new Error(CANARY),
      CANARY,
      `${CANARY}é`,
      CANARY.repeat(2000),
      Object.assign(new Error('x'), { code: CANARY }),
    ]) {
      source.now = next;
      clock.advance(1);
      await until(() => true, 'a turn');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(log.some(({ event }) => event === 'credential-written')).toBe(true);
    const rejected = startKeeper({
      manifest: manifestOf(bearer),
      directory: temporaryDirectory(),
      sources: { key: said(`${CANARY}\0`) },
    });
    rejected.stop();
    const told = JSON.stringify([
      log,
      keeper.status(),
      await rejected.ready.catch((failure: unknown) => String(failure)),
    ]);
    expect(told).toContain('[keeper-stopped]');
    expect(told).not.toContain(CANARY);
    expect(value()).toBe('');
  });

  it('writes again when the disk lets it, and never leaves a revoked value for want of space', async () => {
    const source = said('first');
    const { keeper, clock, directory, value } = started({ sources: { key: source } });
    await keeper.ready;
    // A directory where the temporary file goes makes every write fail, for root too.
    const obstacle = join(directory, 'credentials/one/.value.new');
    mkdirSync(obstacle);
    source.now = 'second';
    clock.advance(1);
    await until(() => keeper.status().credentials[0]?.problem !== undefined, 'the problem');
    expect(value()).toBe('Bearer first');
    source.now = '';
    clock.advance(1);
    await until(() => value() === '', 'the revocation in place');
    rmSync(obstacle, { recursive: true });
    source.now = 'third';
    clock.advance(1);
    await until(() => value() === 'Bearer third', 'the third value');
  });

  it('writes each leaf, for all its hosts, by its authority, renews all at two thirds of their life, and not before', async () => {
    const leaves = [['a.example', 'c.example'], ['*.b.example']].map((hosts, index) => ({
      name: `443_${index}`,
      hosts,
      certificate: `leaves/${index}/tls.crt`,
      key: `leaves/${index}/tls.key`,
    }));
    const { keeper, clock, directory } = started({ sources: {} }, manifestOf(bearer, { credentials: [], leaves }));
    await keeper.ready;
    const leaf = (index: number) => new X509Certificate(readFileSync(join(directory, `leaves/${index}/tls.crt`)));
    const serial = () => leaf(0).serialNumber;
    const first = serial();
    expect([leaf(0).subjectAltName, leaf(1).subjectAltName]).toEqual([
      'DNS:a.example, DNS:c.example',
      'DNS:*.b.example',
    ]);
    expect(leaf(1).checkIssued(new X509Certificate(keeper.authorityCertificate))).toBe(true);
    clock.advance(59 * 86_400);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(serial()).toBe(first);
    clock.advance(86_401);
    await until(() => serial() !== first, 'a new leaf');
    expect(keeper.status().ready).toBe(true);
  });

  it('writes the public roots and the certificates, only those, of a named authority', async () => {
    const bundle = join(temporaryDirectory(), 'corp.pem');
    const corp = Authority.create(Date.now());
    const { key } = corp.leaf(['x.example'], Date.now());
    writeFileSync(bundle, `# our own\n${key}${corp.certificate}`);
    const authorities = [{ file: 'authorities/public.pem' }, { name: 'corp', file: 'authorities/corp.pem' }];
    const { keeper, directory } = started(
      { sources: {}, authorities: { corp: bundle } },
      manifestOf(bearer, { credentials: [], authorities }),
    );
    await keeper.ready;
    expect(
      readFileSync(join(directory, 'authorities/public.pem'), 'utf8').match(/BEGIN CERTIFICATE/g)?.length,
    ).toBeGreaterThan(100);
    expect(readFileSync(join(directory, 'authorities/corp.pem'), 'utf8')).toBe(corp.certificate);
    const next = Authority.create(Date.now());
    writeFileSync(bundle, next.certificate);
    keeper.reread();
    expect(readFileSync(join(directory, 'authorities/corp.pem'), 'utf8')).toBe(next.certificate);
    writeFileSync(bundle, 'garbage');
    keeper.reread();
    expect(readFileSync(join(directory, 'authorities/corp.pem'), 'utf8')).toBe(next.certificate);
  });

  it('refuses everything it was not given, all at once', () => {
    const manifest = manifestOf(bearer, { authorities: [{ name: 'corp', file: 'authorities/corp.pem' }] });
    const start = () => startKeeper({ manifest, directory: temporaryDirectory(), sources: {} });
    expect(start).toThrow(/secret key: expected a source, got none; give --secret key=env:VARIABLE/);
    expect(start).toThrow(/authority corp: expected a file of certificates, got none; give --ca corp=PATH/);
  });

  it.each(['../outside', '/etc/value', 'credentials/../../outside', 'a//b', './a', 'a\0b'])(
    'refuses to write to %j',
    (file) => {
      const manifest = manifestOf(bearer, { credentials: [{ id: 'one', file, credential: bearer }] });
      expect(() => startKeeper({ manifest, directory: temporaryDirectory(), sources: { key: said('x') } })).toThrow(
        '[manifest-path]',
      );
    },
  );

  it('does nothing more once stopped', async () => {
    const source = said('first');
    const { keeper, clock, value } = started({ sources: { key: source } });
    await keeper.ready;
    keeper.stop();
    source.now = 'second';
    clock.advance(5);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(value()).toBe('Bearer first');
  });
});

describe('secret source', () => {
  it('refuses a variable that is not set, and does not quote what may be a value', () => {
    expect(() => environmentSecret('API_KEY', {})).toThrow('the environment variable API_KEY to be set');
    expect(() => environmentSecret('ghp_abcdef', {})).toThrow(/^((?!abcdef).)*\[environment-unset\]$/);
  });

  it('follows a file over rename and writing in place', async () => {
    const path = join(temporaryDirectory(), 'secret');
    const { signal } = new AbortController();
    writeFileSync(path, 'one');
    const source = fileSecret(path);
    expect(await source.read(signal)).toBe('one');
    writeFileSync(`${path}.new`, 'two');
    renameSync(`${path}.new`, path);
    expect(await source.read(signal)).toBe('two');
    writeFileSync(path, 'three');
    expect(await source.read(signal)).toBe('three');
  });

  it('waits out the empty moment of a file that is being written in place', async () => {
    const path = join(temporaryDirectory(), 'secret');
    writeFileSync(path, 'one');
    const source = fileSecret(path);
    const { signal } = new AbortController();
    await source.read(signal);
    writeFileSync(path, '');
    setTimeout(() => writeFileSync(path, 'two'), 25);
    expect(await source.read(signal)).toBe('two');
  });

  it('believes a file that stays empty', async () => {
    const path = join(temporaryDirectory(), 'secret');
    writeFileSync(path, '');
    expect(await fileSecret(path).read(new AbortController().signal)).toBe('');
  });

  it.each(['/dev/zero', '/tmp'])('refuses %s, which is no plain file', async (path) => {
    await expect(fileSecret(path).read(new AbortController().signal)).rejects.toThrow(/\[secret-not-a-file\]/);
  });

  it('stops reading just past 64 KiB', async () => {
    const path = join(temporaryDirectory(), 'secret');
    writeFileSync(path, 'a'.repeat(10_000_000));
    expect((await fileSecret(path).read(new AbortController().signal)).length).toBe(65_537);
  });
});
