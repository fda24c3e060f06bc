import * as http from 'node:http';
import * as https from 'node:https';
import type { ServerCertificate } from '../faults/certificates';

/** The access token that the stand-in metadata server hands out. */
export const TOKEN = 'ya29.the-machine-s-own-token';

/** An identity token for an audience, as the stand-in metadata server hands it out. */
export function idToken(audience: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ aud: audience, exp: 4102444800 })}.canary-signature`;
}

/** Google's metadata server on a port of the loopback device. Records each request's path, and whether it bore Google's header. */
export async function metadataServer(port: number, asked: string[]): Promise<void> {
  const token = JSON.stringify({ access_token: TOKEN, expires_in: 3599, token_type: 'Bearer' });
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers['metadata-flavor'] ?? 'bare'} ${request.url ?? ''}`);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://metadata.google.internal');
    response.setHeader('metadata-flavor', 'Google');
    response.end(pathname.endsWith('/identity') ? idToken(searchParams.get('audience') ?? '') : token);
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
