import { createHash, createHmac } from 'node:crypto';

/** A request as it arrived. */
export interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What was signed, by AWS's description of Signature Version 4, written for the test alone: the keeper's signer is a library. */
export function signatureOf(
  request: Signed,
  secretKey: string,
  bodyHash = createHash('sha256').update(request.body).digest('hex'),
): { readonly sent: string; readonly due: string; readonly scope: string } {
  const header = String(request.headers['authorization']);
  const [, scope = '', names = '', sent = ''] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header) ??
    [];
  const [path = '', query = ''] = request.path.split('?');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const lines = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const canonical = [request.method, path, query.split('&').sort().join('&'), lines.join(''), names, bodyHash];
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, hash(canonical.join('\n'))].join('\n');
  const key = scope
    .split('/')
    .reduce<string | Buffer>((secret, part) => createHmac('sha256', secret).update(part).digest(), `AWS4${secretKey}`);
  return { sent, due: createHmac('sha256', key).update(text).digest('hex'), scope };
}
