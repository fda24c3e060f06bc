import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import type { AddressInfo } from 'node:net';
import { Authority } from '../../lib/keeper/authority';
import { endAll, endings, temporaryDirectory } from './setting';

afterEach(endAll);
const now = Date.now();
const DAY = 86_400_000;

function dump(pem: string): string {
  return execFileSync('openssl', ['x509', '-noout', '-text', '-certopt', 'no_sigdump,no_pubkey'], {
    input: pem,
    encoding: 'utf8',
  });
}

describe('authority', () => {
  it('is a critical CA of path length 0 that signs certificates and lists only', () => {
    const text = dump(Authority.create(now).certificate);
    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:TRUE, pathlen:0/);
    expect(text).toMatch(/Key Usage: critical\n\s+Certificate Sign, CRL Sign\n/);
    expect(text).toMatch(/Subject Key Identifier/);
  });

  it('makes a leaf with each field that the tested clients ask for', () => {
    const authority = Authority.create(now);
    const { certificate, key } = authority.leaf(['api.example'], now);
    const text = dump(certificate);
    expect(text).toMatch(/Subject: CN = api\.example\n/);
    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:FALSE/);
    expect(text).toMatch(/Key Usage: critical\n\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: ?\n\s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/Subject Alternative Name: ?\n\s+DNS:api\.example\n/);
    const [, aki] = /Authority Key Identifier: ?\n\s+(?:keyid:)?([0-9A-F:]+)/.exec(text) ?? [];
    const [, ski] = /Subject Key Identifier: ?\n\s+([0-9A-F:]+)/.exec(dump(authority.certificate)) ?? [];
    expect(aki).toBe(ski);
    const parsed = new X509Certificate(certificate);
    expect(parsed.verify(createPublicKey(authority.certificate))).toBe(true);
    expect(parsed.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(Math.abs(Date.parse(parsed.validFrom) - (now - 3_600_000))).toBeLessThan(2000);
    expect(Math.abs(Date.parse(parsed.validTo) - (now + 90 * DAY))).toBeLessThan(2000);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it('passes openssl verify in its strict form, and a leaf of another authority does not', () => {
    const directory = temporaryDirectory();
    const authority = Authority.create(now);
    writeFileSync(join(directory, 'ca'), authority.certificate);
    writeFileSync(join(directory, 'ours'), authority.leaf(['api.example'], now).certificate);
    writeFileSync(join(directory, 'theirs'), Authority.create(now).leaf(['api.example'], now).certificate);
    const verify = (file: string) =>
      execFileSync(
        'openssl',
        [
          'verify',
          '-x509_strict',
          '-purpose',
          'sslserver',
          '-verify_hostname',
          'api.example',
          '-CAfile',
          join(directory, 'ca'),
          join(directory, file),
        ],
        { encoding: 'utf8', stdio: 'pipe' },
      );
    expect(verify('ours')).toContain('OK');
    expect(() => verify('theirs')).toThrow();
  });

  it('leaves the subject empty beside a critical SAN when the host is longer than 64 characters', () => {
    const host = `${'a'.repeat(60)}.long.example`;
    const text = dump(Authority.create(now).leaf([host], now).certificate);
    expect(text).toMatch(/Subject: ?\n/);
    expect(text).toMatch(new RegExp(`Subject Alternative Name: critical\\n\\s+DNS:${host}`));
  });

  it.each(['api.example', '*.wild.example'])('has a TLS client accept the leaf of %s', async (host) => {
    const authority = Authority.create(now);
    const leaf = authority.leaf([host], now);
    const server = tls
      .createServer({ cert: leaf.certificate, key: leaf.key }, (socket) => socket.end())
      .listen(0, '127.0.0.1');
    endings.push(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    // A listening TCP server's address is an object.
    const { port } = server.address() as AddressInfo;
    const connect = (servername: string) =>
      new Promise<string>((resolve) => {
        const socket = tls.connect({ port, host: '127.0.0.1', servername, ca: authority.certificate }, () =>
          resolve('authorized'),
        );
        socket
          .on('error', (failure) => resolve('code' in failure ? String(failure.code) : 'error'))
          .on('secureConnect', () => socket.end());
      });
    expect(await connect(host.replace('*', 'a'))).toBe('authorized');
    expect(await connect('other.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('gives every leaf its own key and serial', () => {
    const authority = Authority.create(now);
    const leaves = [1, 2, 3].map(() => authority.leaf(['api.example'], now));
    expect(new Set(leaves.map(({ key }) => key)).size).toBe(3);
    expect(new Set(leaves.map(({ certificate }) => new X509Certificate(certificate).serialNumber)).size).toBe(3);
  });

  it('is due at two thirds of the leaf, and writes years past 2049', () => {
    expect(Authority.create(now).leaf(['a.example'], now).renewAt).toBe(now + 60 * DAY);
    const later = Date.parse('2049-06-01T00:00:00Z');
    expect(new X509Certificate(Authority.create(later).certificate).validTo).toContain('2059');
  });
});
