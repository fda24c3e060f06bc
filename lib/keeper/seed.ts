import { createECDH, createPrivateKey, hkdfSync, type KeyObject } from 'node:crypto';
import { KeeperError } from './keeper-error';

/** The order of P-256 (FIPS 186-5, SP 800-186). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** Of letters and digits: 190 bits at least, more than the key has. */
const SHORTEST = 32;

/**
 * A P-256 key that is the same for the same seed: tasks that share a secret are one authority without one of them having
 * to write, and without a race over who is first. By extra random bits (FIPS 186-5, A.2.1) of HKDF-SHA256.
 */
export function keyFromSeed(seed: string): KeyObject {
  if (seed.length < SHORTEST)
    throw new KeeperError(
      `authority seed: expected at least ${SHORTEST} characters made by a random generator, got fewer`,
      'seed-short',
    );
  const bytes = Buffer.from(hkdfSync('sha256', seed, '', 'anchorhold authority P-256', 48));
  const scalar = (BigInt(`0x${bytes.toString('hex')}`) % (ORDER - 1n)) + 1n;
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const word = (from: number): string => point.subarray(from, from + 32).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x: word(1), y: word(33) };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
