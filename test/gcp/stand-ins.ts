import * as http from 'node:http';
import * as https from 'node:https';
import type { ServerCertificate } from '../faults/certificates';

/** The access token that the stand-in metadata server hands out. */
export const TOKEN = 'ya29.the-machine-s-own-token';

/** Google's metadata server on a port of the loopback device. Records each request's path, and whether it bore Google's header. */
export async function metadataServer(
  port: number,
  asked: string[],
  answers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const token = JSON.stringify({ access_token: TOKEN, expires_in: 3599, token_type: 'Bearer' });
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers['metadata-flavor'] ?? 'bare'} ${request.url ?? ''}`);
    const [path = ''] = (request.url ?? '').split('?');
    response.setHeader('metadata-flavor', 'Google');
    response.end(answers[path.split('/').at(-1) ?? ''] ?? token);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

/** Secret Manager on a port of the loopback device. Records who asked for which secret; unknown ones are refused. */
export async function secretManager(
  port: number,
  certificate: ServerCertificate,
  values: ReadonlyMap<string, string>,
  asked: string[],
): Promise<void> {
  const server = https.createServer({ ...certificate }, (request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.headers.authorization} ${path}`);
    const value = values.get(path.replace(/^\/v1\//, '').replace(/\/versions\/latest:access$/, ''));
    response.statusCode = value === undefined ? 403 : 200;
    response.end(JSON.stringify(value === undefined ? {} : { payload: { data: btoa(value) } }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}
