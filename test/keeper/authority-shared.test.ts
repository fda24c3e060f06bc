import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from '../../lib/keeper/authority';
import { keyFromSeed } from '../../lib/keeper/seed';
import { writeTrust } from '../../lib/keeper/trust';
import { endAll, temporaryDirectory, tokenServer } from './setting';

afterEach(endAll);
const now = Date.now();
const SEED = 'q7Zk2mP9xW4tB8nR5vL1cY6dF3hJ0sGa';
const pem = (seed: string) => keyFromSeed(seed).export({ type: 'pkcs8', format: 'pem' }).toString();

describe('a seed', () => {
  it('gives the same key each time, and another for another seed', () => {
    expect(pem(SEED)).toBe(pem(SEED));
    expect(pem(SEED)).not.toBe(pem(`${SEED}x`));
  });

  it('gives a sound key, whatever it is', () => {
    for (let i = 0; i < 50; i++)
      expect(
        execFileSync('openssl', ['pkey', '-check', '-noout'], { input: pem(`${SEED}${i}`), encoding: 'utf8' }),
      ).toMatch(/valid/);
  });

  it('makes authorities whose leaves each other’s clients accept', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'trusted'), Authority.fromSeed(SEED, now).certificate);
    writeFileSync(join(directory, 'leaf'), Authority.fromSeed(SEED, now + 5000).leaf(['api.example'], now).certificate);
    writeFileSync(join(directory, 'other'), Authority.fromSeed(`${SEED}x`, now).leaf(['api.example'], now).certificate);
    const verify = (leaf: string) =>
      execFileSync(
        'openssl',
        ['verify', '-x509_strict', '-CAfile', join(directory, 'trusted'), join(directory, leaf)],
        {
          encoding: 'utf8',
          stdio: 'pipe',
        },
      );
    expect(verify('leaf')).toContain('OK');
    expect(() => verify('other')).toThrow();
  });

  it('refuses a short one without quoting it', () => {
    expect(() => keyFromSeed('hunter2')).toThrow(
      'authority seed: expected at least 32 characters made by a random generator, got fewer [seed-short]',
    );
  });
});

describe('trust', () => {
  it('writes the authority and a bundle that another user may read', async () => {
    const { certificate } = Authority.create(now);
    const { url } = await tokenServer(
      () => ({ body: certificate, headers: { 'content-length': String(certificate.length) } }),
      {
        secure: false,
      },
    );
    const directory = temporaryDirectory();
    chmodSync(directory, 0o700);
    await writeTrust(`${url}/authority.crt`, directory);
    expect(readFileSync(join(directory, 'authority.crt'), 'utf8')).toBe(certificate);
    const bundle = readFileSync(join(directory, 'bundle.pem'), 'utf8');
    expect(bundle.trim().endsWith(certificate.trim())).toBe(true);
    expect(bundle.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(100);
    const modes = [directory, join(directory, 'authority.crt'), join(directory, 'bundle.pem')].map(
      (path) => statSync(path).mode & 0o777,
    );
    expect(modes).toEqual([0o755, 0o644, 0o644]);
  });

  it.each([
    ['a leaf', () => Authority.create(now).leaf(['api.example'], now).certificate],
    ['two certificates', () => Authority.create(now).certificate + Authority.create(now).certificate],
    ['a page', () => '<html></html>'],
  ])('refuses %s in place of the authority', async (_, body) => {
    const text = body();
    const { url } = await tokenServer(() => ({ body: text, headers: { 'content-length': String(text.length) } }), {
      secure: false,
    });
    const directory = temporaryDirectory();
    await expect(writeTrust(url, directory, 0)).rejects.toThrow(
      'trust: the proxy gave no authority: expected one certificate of an authority, got something else [answer-malformed] [trust-unavailable]',
    );
    expect(() => statSync(join(directory, 'bundle.pem'))).toThrow('ENOENT');
    expect(new X509Certificate(Authority.create(now).certificate).ca).toBe(true);
  });
});
