import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PROXY_ADDRESS } from '../equivalence/world';
import type { Lab } from './lab';

const HOST = 'good.up.example';
const DOCUMENT = {
  policy: 1,
  name: 'refusals',
  upstreams: [{ host: HOST, ca: 'lab', prefix: '/good', rules: ['GET /v1/messages'] }],
};

export const SIZES = [0, 1000, 1_000_000] as const;
export const CLIENTS = ['curl', 'curl --http2', 'node fetch', 'python', 'an HTTP/2 client'] as const;
export type Client = (typeof CLIENTS)[number];
export const WAYS = ['transparent', 'gateway'] as const;

/** What a client showed its user, by `client way size`, and how many requests arrived upstream. */
export interface RefusalObservations {
  readonly shown: Record<string, string>;
  readonly arrivals: number;
}

const NODE = `const [url, size] = process.argv.slice(1);
fetch(url, { method: 'POST', body: 'a'.repeat(Number(size)) }).then(async (r) => console.log(r.status, await r.text()));`;

const HTTP2 = `const [url, size] = process.argv.slice(1);
const { origin, pathname } = new URL(url);
const session = require('node:http2').connect(origin);
const stream = session.request({ ':method': 'POST', ':path': pathname });
let status, body = '';
stream.on('response', (headers) => (status = headers[':status']));
stream.on('data', (chunk) => (body += chunk));
stream.on('end', () => { console.log(status, body); process.exit(0); });
stream.end('a'.repeat(Number(size)));`;

const PYTHON = `import sys, urllib.request, urllib.error
try:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=b'a' * int(sys.argv[2]), method='POST'))
except urllib.error.HTTPError as e:
    print(e.code, e.read().decode())`;

function command(client: Client, url: string, file: string, size: number): readonly string[] {
  switch (client) {
    case 'curl':
    case 'curl --http2':
      return [...client.split(' '), '-sS', '-w', ' %{http_code}', '--data-binary', `@${file}`, url];
    case 'node fetch':
      return [process.execPath, '-e', NODE, url, String(size)];
    case 'an HTTP/2 client':
      return [process.execPath, '-e', HTTP2, url, String(size)];
    case 'python':
      return ['python3', '-c', PYTHON, url, String(size)];
  }
}

/** Real clients, unmodified, each refused with a body of each size. */
export async function observe(lab: Lab): Promise<RefusalObservations> {
  await lab.raise();
  const server = await lab.upstream({ [HOST]: lab.authority.issue([HOST]) });
  const proxy = await lab.start(DOCUMENT, new Map());
  const names = path.join(lab.directory, 'hosts');
  fs.writeFileSync(names, `127.0.0.1 localhost\n${PROXY_ADDRESS} ${HOST}\n`);
  execFileSync('mount', ['--bind', names, '/etc/hosts']);
  const authority = path.join(lab.directory, 'agent-trusts.crt');
  fs.writeFileSync(authority, proxy.keeper.authorityCertificate);
  const env = {
    ...process.env,
    NODE_EXTRA_CA_CERTS: authority,
    SSL_CERT_FILE: authority,
    CURL_CA_BUNDLE: authority,
    no_proxy: '*',
  };
  const shown: Record<string, string> = {};
  for (const client of CLIENTS) {
    for (const way of WAYS) {
      if (client === 'an HTTP/2 client' && way === 'gateway') continue;
      for (const size of SIZES) {
        const file = path.join(lab.directory, `body-${size}`);
        fs.writeFileSync(file, 'a'.repeat(size));
        const url = way === 'gateway' ? `http://${PROXY_ADDRESS}:8080/good/v1/nope` : `https://${HOST}/v1/nope`;
        const [program = '', ...args] = command(client, url, file, size);
        shown[`${client} ${way} ${size}`] = await run(program, args, env);
      }
    }
  }
  await proxy.stop();
  server.close();
  return { shown, arrivals: server.arrivals.size };
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, [...args], { env, timeout: 15_000 }, (_, out, errors) => resolve(out + errors));
  });
}
