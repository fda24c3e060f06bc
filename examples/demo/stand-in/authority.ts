/**
 * A certificate authority of the stand-in internet, by the openssl program. It has nothing to do with Anchorhold's own:
 * it plays the public roots, so what makes Anchorhold's certificates must not make these.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const DAY = 24 * 3600 * 1000;

export interface Authority {
  /** PEM of the authority's certificate. */
  readonly certificate: string;
  /** A server certificate for `hosts`. @default valid - from a day ago for 30 days */
  issue(hosts: readonly string[], valid?: Validity): Promise<ServerIdentity>;
}

export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

/** Both PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority. Its key lives in memory; files are only made for openssl and removed at once. */
export async function createAuthority(name: string): Promise<Authority> {
  const self = await inFolder(async (openssl, read) => {
    await openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'key',
      '-out',
      'crt',
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      ...CA,
    );
    return { certificate: await read('crt'), key: await read('key') };
  });
  return { certificate: self.certificate, issue: (hosts, valid) => issue(self, hosts, valid) };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const CA = [
  ...['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0'],
  ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
];

function issue(
  issuer: ServerIdentity,
  hosts: readonly string[],
  valid: Validity = { from: new Date(Date.now() - DAY), until: new Date(Date.now() + 30 * DAY) },
): Promise<ServerIdentity> {
  return inFolder(async (openssl, read, write) => {
    await Promise.all([write('ca.crt', issuer.certificate), write('ca.key', issuer.key), write('index', '')]);
    await write(
      'serial',
      `0${Math.floor(Math.random() * 2 ** 40)
        .toString(16)
        .padStart(11, '0')}`,
    );
    await write('config', configuration(hosts));
    await openssl('req', '-new', ...NEW_KEY, '-keyout', 'key', '-out', 'csr', '-subj', `/CN=${hosts[0] ?? 'nobody'}`);
    // `openssl ca`, because only it can make a certificate that is already past its end
    const dates = ['-startdate', asn1Time(valid.from), '-enddate', asn1Time(valid.until)];
    await openssl('ca', '-batch', '-notext', '-config', 'config', '-in', 'csr', '-out', 'crt', ...dates);
    return { certificate: await read('crt'), key: await read('key') };
  });
}

function configuration(hosts: readonly string[]): string {
  return [
    '[ca]',
    'default_ca=own',
    '[own]',
    ...['database=index', 'serial=serial', 'new_certs_dir=.', 'certificate=ca.crt', 'private_key=ca.key'],
    ...['default_md=sha256', 'policy=names', 'x509_extensions=leaf', 'unique_subject=no'],
    '[names]',
    'commonName=supplied',
    '[leaf]',
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    'subjectKeyIdentifier=hash',
    'authorityKeyIdentifier=keyid',
    `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`,
    '',
  ].join('\n');
}

function asn1Time(date: Date): string {
  return date
    .toISOString()
    .replace(/[-:T]/g, '')
    .replace(/\.\d+Z/, 'Z');
}

type Work<T> = (
  openssl: (...args: string[]) => Promise<unknown>,
  read: (file: string) => Promise<string>,
  write: (file: string, text: string) => Promise<void>,
) => Promise<T>;

async function inFolder<T>(work: Work<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-ca-'));
  try {
    return await work(
      (...args) => run('openssl', args, { cwd: folder }),
      (file) => readFile(join(folder, file), 'utf8'),
      (file, text) => writeFile(join(folder, file), text, { mode: 0o600 }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
