import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Finding } from './report';

/**
 * The id of a finding: its claim and 16 hex digits. It stays while workload, destination, verdict, path and missing facts stay.
 * Another way, a wider rule or another doubt is another id, so that what was accepted once isn't accepted for it; the place
 * of a rule in its list doesn't count.
 */
export function fingerprint({ workload, claim, destination, verdict, path, missing }: Omit<Finding, 'id'>): string {
  const facts = (missing ?? []).map(({ id }) => id).sort();
  const hops = path.map(({ id, by }) => [id, by.replace(/\[\d+\]/g, '[]')]);
  const told = JSON.stringify([workload, claim, destination, verdict, hops, facts]);
  return `${claim}-${bytesToHex(sha256(utf8ToBytes(told))).slice(0, 16)}`;
}
