import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { KeeperError, told } from './keeper-error';

/** The certificates of a bundle, PEM, and nothing else of it: a private key that shares the file isn't copied. */
export function readRoots(name: string, path: string): readonly string[] {
  const wrong = (got: string) =>
    new KeeperError(
      `authority ${name}: expected a readable file of PEM certificates, got ${got}`,
      'authority-unreadable',
    );
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (failure) {
    throw wrong(told(failure));
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  const sound = blocks.filter(isCertificate);
  if (sound.length > 0 && sound.length === blocks.length) return sound;
  throw wrong(`${sound.length} sound of ${blocks.length}`);
}

/** The public roots: those of a file, or the ones that node ships. */
export function publicRoots(path?: string): readonly string[] {
  return path === undefined ? rootCertificates : readRoots('public', path);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
