import { generateKeyPairSync } from 'node:crypto';
import { authorityCertificate, type Issuer, issuerOf, leafCertificate } from './certificate';
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

/** Our certificate authority. Its key is in memory only. */
export class Authority {
  /** PEM: what the agent's clients are told to trust. */
  readonly certificate: string;

  private constructor(
    private readonly issuer: Issuer,
    now: number,
  ) {
    this.certificate = authorityCertificate(issuer, { from: now - HOUR, to: now + AUTHORITY_LIFE });
  }

  /** A new one, with a random key. */
  static create(now: number): Authority {
    return new Authority(issuerOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), now);
  }

  /** The one of a seed: the same name and key each time, so that clients go on trusting it over restarts and of several keepers. */
  static fromSeed(seed: string, now: number): Authority {
    return new Authority(issuerOf(keyFromSeed(seed)), now);
  }

  /** A leaf for these names with a key of its own. */
  leaf(hosts: readonly string[], now: number): Pair {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = leafCertificate(hosts, publicKey, this.issuer, { from: now - HOUR, to: now + LEAF_LIFE });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { certificate, key, renewAt: now + (LEAF_LIFE * 2) / 3 };
  }
}
