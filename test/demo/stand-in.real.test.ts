import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADDRESSES, CANARY, headerOf, startInternet, type Internet } from '../../examples/demo/stand-in';

let internet: Internet;
let authority: string;
beforeAll(async () => {
  internet = await startInternet({ modelKey: 'the-key', gitPassword: 'the-password' });
  authority = join(mkdtempSync(join(tmpdir(), 'anchorhold-stand-in-')), 'authority.pem');
  writeFileSync(authority, internet.authority);
});
afterAll(() => internet.stop());
beforeEach(() => internet.clear());

/** Exit code and output of curl inside the stand-in's namespace, which has no resolver of its own. */
function curl(host: string, address: string, path: string, ...further: string[]): { code: number; out: string } {
  const args = ['-sS', '-m9', '--cacert', authority, '--resolve', `${host}:443:${address}`, ...further];
  const script = 'curl "$@" 2>&1; echo "rc $?"';
  const said = internet.namespace.run('sh', ['-c', script, 'sh', ...args, `https://${host}${path}`]);
  const [, out = '', code = ''] = /^([^]*)rc (\d+)\n$/.exec(said) ?? [];
  return { code: Number(code), out };
}

function ask(name: string, resolver = internet.resolver): string {
  const script = `const r = new (require('node:dns').promises.Resolver)(); r.setServers(['${resolver}']);
    r.resolve4('${name}').then((all) => console.log(all.join()), (error) => console.log(error.code));`;
  return internet.namespace.run(process.execPath, ['-e', script]).trim();
}

test('the model API wants its key, and records each request as it came', () => {
  const foreign = curl(
    'api.model.example',
    ADDRESSES.model,
    '/v1/messages?beta=true',
    '-H',
    'x-api-key: x',
    '-d',
    '{}',
  );
  expect(JSON.parse(foreign.out)).toMatchObject({ error: { type: 'authentication_error' } });
  const ours = curl('api.model.example', ADDRESSES.model, '/v1/messages', '-H', 'x-api-key: the-key', '-d', '{}');
  expect(JSON.parse(ours.out)).toMatchObject({ content: [{ text: 'The only way out is the window.' }] });
  const requests = internet.record().flatMap((arrival) => (arrival.kind === 'request' ? [arrival] : []));
  expect(requests.map(({ path, status, sni }) => ({ path, status, sni }))).toEqual([
    { path: '/v1/messages?beta=true', status: 401, sni: 'api.model.example' },
    { path: '/v1/messages', status: 200, sni: 'api.model.example' },
  ]);
  expect(requests.map((request) => headerOf(request, 'X-Api-Key'))).toEqual(['x', 'the-key']);
});

test('a changed key is the only one from then on', async () => {
  await internet.setSecrets({ model: 'another' });
  const call = (key: string) =>
    curl('api.model.example', ADDRESSES.model, '/v1/messages', '-H', `x-api-key: ${key}`, '-d', '{}').out;
  expect(call('the-key')).toContain('authentication_error');
  expect(call('another')).toContain('"role":"assistant"');
  await internet.setSecrets({ model: 'the-key' });
});

test.each([
  ['wrong.example', ADDRESSES.wrongName, /no alternative certificate subject name matches/],
  ['expired.example', ADDRESSES.expired, /certificate has expired/],
  ['selfsigned.example', ADDRESSES.selfSigned, /unable to get local issuer certificate/],
])('%s can’t be verified, and for its own reason', (host, address, why) => {
  const { code, out } = curl(host, address, '/');
  expect(code).toBe(60);
  expect(out).toMatch(why);
  expect(internet.record().filter(({ kind }) => kind === 'request')).toEqual([]);
});

test('git is cloned with the password alone', () => {
  const clone = (password: string) => {
    const url = `https://agent:${password}@git.example/acme/web.git`;
    const config = ['-c', `http.curloptResolve=git.example:443:${ADDRESSES.git}`];
    const script = 'export GIT_TERMINAL_PROMPT=0 GIT_SSL_CAINFO="$1"; shift; git "$@" 2>&1; echo "rc $?"';
    return internet.namespace.run('sh', ['-c', script, 'sh', authority, ...config, 'ls-remote', url]);
  };
  expect(clone('wrong')).toMatch(/Authentication failed[^]*rc 128/);
  expect(clone('the-password')).toMatch(/refs\/heads\/main\nrc 0/);
  expect(internet.branch('acme/web', 'main')).toMatch(/^[0-9a-f]{40}$/);
  expect(internet.branch('acme/web', 'nowhere')).toBeUndefined();
});

test('the name server answers for its own names, follows a change, and writes down every question', async () => {
  expect(ask('api.model.example')).toBe(ADDRESSES.model);
  expect(ask('secret.attacker.example')).toBe('ENOTFOUND');
  await internet.setZone({ 'moves.example': ['203.0.113.10', '203.0.113.11'] });
  expect(ask('moves.example').split(',').sort()).toEqual(['203.0.113.10', '203.0.113.11']);
  expect(internet.record().flatMap((arrival) => (arrival.kind === 'dns' ? [arrival.name] : []))).toEqual([
    'api.model.example',
    'secret.attacker.example',
    'moves.example',
  ]);
});

test.each([ADDRESSES.nobody, ADDRESSES.metadata, ADDRESSES.taskMetadata])(
  'the sink at %s answers and records, so that an open way can’t be mistaken for a closed one',
  (address) => {
    expect(internet.namespace.run('curl', ['-sS', '-m5', `http://${address}/`])).toBe(`${CANARY}\n`);
    expect(internet.record()).toEqual([expect.objectContaining({ kind: 'tcp', to: address, port: 80 })]);
  },
);

test('a stream can be opened into it from outside', async () => {
  const socket = await internet.dial(ADDRESSES.nobody, 80);
  socket.write('GET / HTTP/1.0\r\n\r\n');
  const said = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.destroy();
  expect(said).toContain(CANARY);
});

test('nothing of it is left when it has stopped', async () => {
  const other = await startInternet({ modelKey: 'k', gitPassword: 'p' });
  const { name } = other.namespace;
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toContain(name);
  other.stop();
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).not.toContain(name);
});
