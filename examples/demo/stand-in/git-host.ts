/** A stand-in git host: the real `git http-backend` behind Basic authentication. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Respond } from './tls-site';

/** Nothing of the machine's own git configuration is used; the folder may belong to another id inside a user namespace. */
const GIT = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_AUTHOR_NAME: 'Stand-in',
  GIT_AUTHOR_EMAIL: 'stand-in@git.example',
  GIT_COMMITTER_NAME: 'Stand-in',
  GIT_COMMITTER_EMAIL: 'stand-in@git.example',
};

/** Makes `name.git` under `folder`, with one commit on `main`, open to pushes. */
export function createRepository(folder: string, name: string): void {
  const path = join(folder, `${name}.git`);
  mkdirSync(path, { recursive: true });
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', ['-C', path, ...args], { env: GIT, input, stdio: ['pipe', 'pipe', 'pipe'] })
      .toString()
      .trim();
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  git(['config', 'http.receivepack', 'true']);
  const blob = git(['hash-object', '-w', '--stdin'], `# ${name}\n`);
  const tree = git(['mktree'], `100644 blob ${blob}\tREADME.md\n`);
  git(['update-ref', 'refs/heads/main', git(['commit-tree', tree, '-m', 'First'])]);
}

/** The commit a branch points at; undefined when there is no such branch. */
export function branchHead(folder: string, name: string, branch: string): string | undefined {
  try {
    const args = ['-C', join(folder, `${name}.git`), 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`];
    return execFileSync('git', args, { env: GIT, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}

/** Serves every repository under `folder`, to `user` with `password` alone. */
export function gitHost(folder: string, user: string, password: () => string): Respond {
  return (request, body, response) => {
    const expected = `Basic ${Buffer.from(`${user}:${password()}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git.example"' });
      return response.end('who are you?\n');
    }
    return backend(folder, user, request, body, response);
  };
}

/** Runs `git http-backend` as a CGI program (RFC 3875). */
function backend(
  folder: string,
  user: string,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const env = {
    ...GIT,
    GIT_PROJECT_ROOT: folder,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    REMOTE_USER: user,
    REQUEST_METHOD: request.method ?? 'GET',
    PATH_INFO: decodeURIComponent(path),
    QUERY_STRING: query,
    CONTENT_TYPE: String(request.headers['content-type'] ?? ''),
    CONTENT_LENGTH: String(body.length),
    HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
  };
  return new Promise((resolve) => {
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stdin.on('error', () => undefined); // the backend may refuse before it has read the body
    child.stdin.end(body);
    child.on('close', () => {
      send(Buffer.concat(output), response);
      resolve();
    });
  });
}

function send(output: Buffer, response: ServerResponse): void {
  const split = output.indexOf('\r\n\r\n');
  if (split < 0) {
    response.writeHead(500);
    response.end('git http-backend said nothing\n');
    return;
  }
  let status = 200;
  const headers: [string, string][] = [];
  for (const line of output.toString('latin1', 0, split).split('\r\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1).trim();
    if (line.slice(0, colon).toLowerCase() === 'status') status = parseInt(value, 10);
    else headers.push([line.slice(0, colon), value]);
  }
  response.writeHead(status, headers.flat());
  response.end(output.subarray(split + 4));
}
