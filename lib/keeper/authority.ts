import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './atomic-file';
import { authorityCertificate, type Issuer, issuerOf, leafCertificate } from './certificate';
import { KeeperError } from './keeper-error';
import { keyFromSeed } from './seed';

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
  private readonly notAfter: number;

  private constructor(
    /** PEM: what the agent's clients are told to trust. */
    readonly certificate: string,
    private readonly issuer: Issuer,
  ) {
    this.notAfter = Date.parse(new X509Certificate(certificate).validTo);
  }

  static create(now: number): Authority {
    return Authority.of(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, now);
  }

  /** The authority that a seed stands for: the same key and name wherever it is made, so that what trusts one trusts all. */
  static fromSeed(seed: string, now: number): Authority {
    return Authority.of(keyFromSeed(seed), now);
  }

  private static of(privateKey: KeyObject, now: number): Authority {
    const issuer = issuerOf(privateKey);
    return new Authority(authorityCertificate(issuer, { from: now - HOUR, to: now + AUTHORITY_LIFE }), issuer);
  }

  /**
   * The authority kept in `directory` (`authority.crt`, `authority.key`), made there when there is none or the one
   * there would not outlive a leaf. Throws when what is there is unsound: clients may trust it, so it isn't replaced unasked.
   */
  static kept(directory: string, now: number): Authority {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const [certificate, key] = [join(directory, 'authority.crt'), join(directory, 'authority.key')];
    const found = existsSync(certificate) && existsSync(key) ? Authority.read(certificate, key) : undefined;
    if (found && found.notAfter > now + LEAF_LIFE) return found;
    const made = Authority.create(now);
    writeAtomically(key, pkcs8(made.issuer.privateKey));
    writeAtomically(certificate, made.certificate);
    return made;
  }

  /** A leaf for these names with a key of its own. */
  leaf(hosts: readonly string[], now: number): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const to = Math.min(now + LEAF_LIFE, this.notAfter);
    const certificate = leafCertificate(hosts, publicKey, this.issuer, { from: now - HOUR, to });
    return { certificate, key: pkcs8(privateKey), renewAt: now + ((to - now) * 2) / 3 };
  }

  private static read(certificatePath: string, keyPath: string): Authority {
    // Whoever reads this key reads all that the agents send.
    if ((lstatSync(keyPath).mode & 0o077) !== 0) throw unsound('authority.key to have mode 0600', 'authority-open');
    try {
      const certificate = readFileSync(certificatePath, 'utf8');
      const issuer = issuerOf(createPrivateKey(readFileSync(keyPath)));
      const parsed = new X509Certificate(certificate);
      if (parsed.ca && parsed.checkPrivateKey(issuer.privateKey) && parsed.subject === `CN=${issuer.name}`)
        return new Authority(certificate, issuer);
    } catch {
      // The reason may describe the key's bytes; the sentence below is enough to mend it.
    }
    throw unsound('authority.crt and authority.key to be a pair made by the keeper', 'authority-unsound');
  }
}

function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function unsound(expected: string, code: string): KeeperError {
  return new KeeperError(
    `authority: expected ${expected}, got something else; remove both files, so that a new authority is made`,
    code,
  );
}
