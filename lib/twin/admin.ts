import { request } from 'node:http';

/** Asks Envoy's administration, which is a unix socket that only the proxy's id and we can open. */
export function askAdmin(socketPath: string, method: 'GET' | 'POST', path: string): Promise<number> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, method, path, timeout: 1000, headers: { host: 'admin' } }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(0));
    asked.end();
  });
}
