import { spawn } from 'node:child_process';
import * as http from 'node:http';
import * as tls from 'node:tls';

/** How an event stream ended for the agent. */
export interface StreamEnd {
  readonly events: number;
  /** curl's exit code: 0 whole, 18 or 52 or 56 cut. */
  readonly code: number | null;
}

/** Asks the gateway for an event a second, `seconds` times; `under` is the path it is reached by. */
export function stream(
  seconds: number,
  under = '/api',
): { readonly begun: Promise<void>; readonly ended: Promise<StreamEnd> } {
  const client = spawn('curl', ['-sN', `http://127.0.0.1:8080${under}/events/${seconds}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  const begun = new Promise<void>((resolve) =>
    client.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      resolve();
    }),
  );
  const ended = new Promise<StreamEnd>((resolve) =>
    client.once('close', (code) => resolve({ code, events: text.split('data:').length - 1 })),
  );
  return { begun, ended };
}

/**
 * Four answers without an end, each of whose pieces the scrubber looks through: the workers are hardly ever out of a request.
 * Returns what ends them.
 */
export function flood(under = '/api'): () => void {
  const words = ['-s', '-o', '/dev/null', '-H', 'x-probe: flood', `http://127.0.0.1:8080${under}/flood`];
  const clients = Array.from({ length: 4 }, () => spawn('curl', words, { stdio: 'ignore' }));
  return () => clients.forEach((client) => client.kill('SIGKILL'));
}

/** A tunnel to `host` with TLS inside and no request; tells when the other end closes it. */
export function openTunnel(host: string): Promise<{ readonly closed: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const asked = http.request({ host: '127.0.0.1', port: 3128, method: 'CONNECT', path: `${host}:443`, agent: false });
    asked.once('error', reject).end();
    asked.once('connect', (_, socket) => {
      // Only that it is open counts here; who is at its end is another test's business.
      const inner = tls.connect({ socket, servername: host, rejectUnauthorized: false });
      const closed = new Promise<void>((done) => inner.once('close', () => done()));
      inner.once('error', () => undefined).once('secureConnect', () => resolve({ closed }));
    });
  });
}
