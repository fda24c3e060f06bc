import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { startInternet, type Arrival, type Internet } from '../../examples/demo/stand-in';
import { definePolicy } from '../../lib/policy';
import type { RunResult } from '../../lib/twin';
import { KEY, runScript } from './place';

const POLICY = definePolicy({
  policy: 1,
  name: 'clients',
  upstreams: [{ host: 'api.model.example', ca: 'stand-in', rules: 'any' }],
});
const URL = 'https://api.model.example/echo';

interface Client {
  readonly name: string;
  /** Asks for something below `/echo/NAME`. */
  readonly command: string;
  /** A program that must be there, as the cell sees it. @default - part of what the boundary itself needs */
  readonly program?: string | undefined;
}

/** Python with what was installed into it: its own prefix is shown in the cell. */
const python = found(() =>
  execFileSync('python3', ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' }).trim(),
);
const inPython = (program: string) => python && join(python, 'bin', program);
const hasModule = (name: string) =>
  found(() => (execFileSync('python3', ['-c', `import ${name}`], { stdio: 'ignore' }), inPython('python3')));
const rust = found(() => realpathSync(execFileSync('rustup', ['which', 'cargo'], { encoding: 'utf8' }).trim()));

const CLIENTS: readonly Client[] = [
  { name: 'curl', command: `curl -sS -m9 ${URL}/curl` },
  { name: 'git', command: `git ls-remote ${URL}/git` },
  { name: 'wget', program: '/usr/bin/wget', command: `wget -q -T9 -t1 -O- ${URL}/wget` },
  { name: 'node', command: `node -e "fetch('${URL}/node').then((r) => r.text())"` },
  { name: 'node-https', command: `node -e "require('https').get('${URL}/node-https', (r) => r.resume())"` },
  {
    name: 'npm',
    program: '/usr/bin/npm',
    command: `npm view nothing --registry ${URL}/npm/ --fetch-retries 0`,
  },
  {
    name: 'urllib',
    program: '/usr/bin/python3',
    command: pythonCode('/usr/bin/python3', `from urllib.request import urlopen; urlopen('${URL}/urllib')`),
  },
  {
    name: 'requests',
    program: hasModule('requests'),
    command: pythonCode(inPython('python3'), `import requests; requests.get('${URL}/requests')`),
  },
  {
    name: 'httpx',
    program: hasModule('httpx'),
    command: pythonCode(inPython('python3'), `import httpx; httpx.get('${URL}/httpx')`),
  },
  {
    name: 'pip',
    program: inPython('pip'),
    command: `${inPython('python3') ?? ''} -m pip download -q --retries 0 --disable-pip-version-check -d /tmp/d --index-url ${URL}/pip nothing`,
  },
  {
    name: 'aws',
    program: inPython('aws'),
    command: `AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=y AWS_DEFAULT_REGION=eu-central-1 ${inPython('python3') ?? ''} ${inPython('aws') ?? ''} s3api list-objects-v2 --bucket aws --endpoint-url ${URL}`,
  },
  {
    name: 'go',
    program: '/usr/local/go/bin/go',
    command: `GOPROXY=${URL}/go GONOSUMDB='*' GOFLAGS=-mod=mod /usr/local/go/bin/go list -m -versions module.example/x@latest`,
  },
  {
    name: 'java',
    program: '/usr/bin/javac',
    command: `printf 'import java.net.*; import java.net.http.*; class Ask { public static void main(String[] a) throws Exception { HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("${URL}/java")).build(), HttpResponse.BodyHandlers.ofString()); } }' >/tmp/Ask.java; java /tmp/Ask.java`,
  },
  {
    name: 'cargo',
    program: rust,
    command: `mkdir -p ~/c/src && cd ~/c && touch src/lib.rs && printf '[package]\\nname = "x"\\nversion = "0.1.0"\\n[dependencies]\\nnothing = { version = "1", registry = "own" }\\n' >Cargo.toml && CARGO_NET_RETRY=0 CARGO_REGISTRIES_OWN_INDEX=sparse+${URL}/cargo/ ${rust ?? ''} fetch`,
  },
];

const isThere = (client: Client) => !('program' in client) || existsSync(client.program ?? '');
const installed = CLIENTS.filter(isThere);
const absent = CLIENTS.filter((client) => !isThere(client));

let internet: Internet;
let result: RunResult;
let arrived: readonly Arrival[];
beforeAll(async () => {
  internet = await startInternet({ modelKey: KEY, gitPassword: 'git-canary' });
  const shown = [python, rust && join(rust, '../..')].flatMap((path) =>
    path && !path.startsWith('/usr') ? [path] : [],
  );
  const steps = installed.map(({ name, command }) => `echo "== ${name}"; ( ${command} ) 2>&1 | tail -5`);
  result = await runScript(internet, `export PATH=$PATH:/usr/local/go/bin; ${steps.join('\n')}`, {
    policy: POLICY,
    secrets: {},
    readOnlyBinds: shown,
  });
  arrived = internet.record();
}, 180_000);
afterAll(() => internet.stop());

test.each(installed.map(({ name }) => name))('%s reaches a listed host by the environment alone', (name) => {
  const asked = arrived.filter(
    (arrival) => arrival.kind === 'request' && new RegExp(`^/echo/${name}([/?]|$)`).test(arrival.path),
  );
  const said = result.stdout?.split(/^== /m).find((part) => part.startsWith(`${name}\n`));
  expect({ asked: asked.length > 0, said: asked.length > 0 ? '' : said }).toEqual({ asked: true, said: '' });
});

if (absent.length > 0)
  test.skip.each(absent.map(({ name }) => name))('%s is not installed on this machine', () => undefined);

function pythonCode(program: string | undefined, code: string): string {
  return `${program ?? 'python3'} -c "${code}"`;
}

function found(look: () => string | undefined): string | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
