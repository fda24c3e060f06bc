import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file';
import { authorityCertificate, authorityName, leafCertificate } from './certificate';
import { KeeperError, systemCode } from './keeper-error';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AUTHORITY_LIFE = 3650 * DAY;
const LEAF_LIFE = 90 * DAY;

/** A certificate and its key, PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  /** When to make the next one: two thirds of its life. Milliseconds since 1970. */
  readonly renewAt: number;
}

/** Our certificate authority. Its key stays in memory unless a directory is given to keep it over restarts. */
export class Authority {
  /** PEM: what the agent's clients are told to trust. */
  readonly certificate: string;
  private readonly publicKey: KeyObject;
  private readonly notAfter: number;

  private constructor(
    certificate: string,
    private readonly privateKey: KeyObject,
  ) {
    this.certificate = certificate;
    this.publicKey = createPublicKey(privateKey);
    this.notAfter = Date.parse(new X509Certificate(certificate).validTo);
  }

  static create(now: number): Authority {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return new Authority(
      authorityCertificate(publicKey, privateKey, { from: now - HOUR, to: now + AUTHORITY_LIFE }),
      privateKey,
    );
  }

  /**
   * The authority kept in `directory` (`authority.crt`, `authority.key`), made there when there is none or the one
   * there would not outlive a leaf. Throws when what is there is unsound: clients may trust it, so it isn't replaced unasked.
   */
  static kept(directory: string, now: number): Authority {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const found = readKept(directory);
    if (found && found.notAfter > now + LEAF_LIFE) return found;
    const made = Authority.create(now);
    writeAtomically(join(directory, 'authority.key'), pkcs8(made.privateKey));
    writeAtomically(join(directory, 'authority.crt'), made.certificate);
    return made;
  }

  /** @internal Reads a pair back, or throws what is wrong with it. */
  static fromPair(certificate: string, key: string): Authority {
    const privateKey = createPrivateKey(key);
    const parsed = new X509Certificate(certificate);
    const sound =
      privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1' &&
      parsed.ca &&
      parsed.checkPrivateKey(privateKey) &&
      parsed.subject === `CN=${authorityName(createPublicKey(privateKey))}`;
    if (!sound) throw new KeeperError('authority: expected a P-256 authority made by the keeper', 'authority-unsound');
    return new Authority(certificate, privateKey);
  }

  /** A leaf with a key of its own. */
  leaf(host: string, now: number): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const to = Math.min(now + LEAF_LIFE, this.notAfter);
    const certificate = leafCertificate(
      host,
      publicKey,
      { publicKey: this.publicKey, privateKey: this.privateKey },
      { from: now - HOUR, to },
    );
    return { certificate, key: pkcs8(privateKey), renewAt: now + ((to - now) * 2) / 3 };
  }
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function readKept(directory: string): Authority | undefined {
  const certificate = readIfThere(join(directory, 'authority.crt'));
  const path = join(directory, 'authority.key');
  const key = readIfThere(path);
  if (certificate === undefined || key === undefined) return undefined;
  // Whoever reads this key reads all that the agents send.
  if ((lstatSync(path).mode & 0o077) !== 0) {
    throw new KeeperError(
      'authority.key: expected mode 0600, got a key that others may read; remove both files, so that a new authority is made',
      'authority-open',
    );
  }
  try {
    return Authority.fromPair(certificate, key);
  } catch {
    throw new KeeperError(
      'authority: expected authority.crt and authority.key to be a pair made by the keeper, got something else; remove both files, so that a new authority is made',
      'authority-unsound',
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (failure) {
    if (systemCode(failure) === 'ENOENT') return undefined;
    throw failure;
  }
}
