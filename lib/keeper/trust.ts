import { X509Certificate } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeAtomically } from './atomic-file';
import { KeeperError, told } from './keeper-error';
import { requestText } from './request-json';
import { publicRoots } from './roots';

/** A new deployment's proxy takes minutes to come up. */
const PATIENCE_MS = 300_000;
const LARGEST = 16_384;

/**
 * Fetches the authority's certificate from the proxy and writes `authority.crt` and `bundle.pem` (public roots and it)
 * for the agent's clients to read. It is asked in clear text: the network, in which nothing but the proxy can answer
 * there, is what vouches for it. Throws when no proxy answers in five minutes, or what it says is no authority.
 */
export async function writeTrust(url: string, directory: string, patience = PATIENCE_MS): Promise<void> {
  const certificate = await fetchPatiently(url, Date.now() + patience);
  const bundle = `${[...publicRoots(), certificate].map((pem) => pem.trim()).join('\n')}\n`;
  // Readable by every user: the agent runs as another. A volume that the platform made so is not ours to change.
  if ((statSync(directory).mode & 0o005) !== 0o005) chmodSync(directory, 0o755);
  for (const [name, text] of Object.entries({ 'authority.crt': certificate, 'bundle.pem': bundle })) {
    writeAtomically(join(directory, name), text);
    chmodSync(join(directory, name), 0o644);
  }
}

async function fetchPatiently(url: string, until: number): Promise<string> {
  for (;;) {
    try {
      return await fetchAuthority(url);
    } catch (failure) {
      if (Date.now() > until)
        throw new KeeperError(`trust: the proxy gave no authority: ${told(failure)}`, 'trust-unavailable');
      await pause(1000);
    }
  }
}

async function fetchAuthority(url: string): Promise<string> {
  const reach = { roots: publicRoots, signal: AbortSignal.timeout(5000) };
  const { text } = await requestText({ url, headers: {}, allowed: () => true, largest: LARGEST }, reach);
  const whole = /^-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n?$/.test(text);
  if (whole && new X509Certificate(text).ca) return text;
  throw new KeeperError('expected one certificate of an authority, got something else', 'answer-malformed');
}
