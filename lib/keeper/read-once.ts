import { setTimeout as pause } from 'node:timers/promises';
import { awsObject } from './aws-object';
import { containerIdentity } from './aws-secret';
import { KeeperError } from './keeper-error';
import { readSources } from './read-sources';
import type { Reach } from './request-json';

const TRIES = 20;

/** The packed files that the command line names: in an environment variable, or an object of S3 with its digest. */
export async function readPacked(
  from: string,
  digest: string | undefined,
  reach: Omit<Reach, 'signal'>,
): Promise<string> {
  if (!from.startsWith('https://')) return process.env[from] ?? '';
  if (digest === undefined || !/^[0-9a-f]{64}$/.test(digest))
    throw new KeeperError('--files-digest: expected 64 hex digits beside a URL', 'usage');
  return patiently(async (signal) => {
    const whole = { ...reach, signal };
    return awsObject(from, digest, await containerIdentity(process.env, whole), whole, process.env);
  });
}

/** The seed of our authority from one source. It is read once: another seed is another authority, and needs new agents. */
export async function readSeed(
  text: string,
  environment: NodeJS.ProcessEnv,
  reach: Omit<Reach, 'signal'>,
): Promise<string> {
  const { seed } = readSources([`seed=${text}`], environment, reach);
  if (seed === undefined) throw new KeeperError('--authority-seed: expected a source', 'usage');
  return patiently((signal) => seed.read(signal));
}

/** A task's network and role may come a moment after its start. */
async function patiently<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask(AbortSignal.timeout(10_000));
    } catch (failure) {
      if (tries === TRIES || (failure instanceof KeeperError && failure.code === 'files-digest')) throw failure;
      await pause(1000);
    }
  }
}
