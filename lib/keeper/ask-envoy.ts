import { request } from 'node:http';
import { join } from 'node:path';

/** What Envoy's administration answered. */
export interface EnvoyAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks the administration of the Envoy that runs in `directory`: a unix socket that only Envoy's own user opens.
 * Undefined when nothing answers within 5 seconds; never throws.
 */
export function askEnvoy(directory: string, method: 'GET' | 'POST', path: string): Promise<EnvoyAnswer | undefined> {
  return new Promise((resolve) => {
    const options = { socketPath: join(directory, 'admin.sock'), method, path, headers: { host: 'admin' } };
    const asked = request({ ...options, signal: AbortSignal.timeout(5000) }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', () => resolve(undefined));
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    asked.once('error', () => resolve(undefined));
    asked.end();
  });
}
