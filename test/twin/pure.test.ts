import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePolicy } from '../../lib/policy';
import { compile } from '../../lib/envoy';
import {
  buildCellRules,
  buildEnvironment,
  buildWindowRules,
  findCredentialFiles,
  localLayout,
  summarise,
} from '../../lib/twin';

test('the environment sets proxy variables in both cases and the base URL of a preset with a prefix', () => {
  const policy = definePolicy({
    policy: 1,
    name: 'x',
    upstreams: [{ use: 'anthropic', prefix: '/anthropic', credential: { header: 'x-api-key', secret: 'k' } }],
  });
  const environment = buildEnvironment({
    policy,
    network: 'proxy',
    bundle: '/b',
    authority: '/a',
    extra: { HTTPS_PROXY: 'http://elsewhere', MINE: '1' },
  });
  expect(environment).toMatchObject({
    MINE: '1',
    HTTPS_PROXY: 'http://192.0.2.1:3128',
    https_proxy: 'http://192.0.2.1:3128',
    NO_PROXY: 'localhost,127.0.0.1,192.0.2.1',
    SSL_CERT_FILE: '/b',
    NODE_EXTRA_CA_CERTS: '/a',
    ANTHROPIC_BASE_URL: 'http://192.0.2.1:8080/anthropic',
  });
  expect(environment['ANTHROPIC_API_KEY']).toMatch(/^placeholder/);
});

test('a cell without a network is told of the socket and of no proxy', () => {
  const policy = definePolicy({
    policy: 1,
    name: 'x',
    upstreams: [{ use: 'anthropic', prefix: '/anthropic', credential: { header: 'x-api-key', secret: 'k' } }],
  });
  const environment = buildEnvironment({ policy, network: 'none', bundle: '/b', authority: '/a' });
  expect(environment).toMatchObject({
    ANTHROPIC_UNIX_SOCKET: '/run/egress/gateway.sock',
    ANTHROPIC_BASE_URL: 'http://egress/anthropic',
  });
  expect(environment['HTTPS_PROXY']).toBeUndefined();
});

test('the rules name the proxy’s addresses, and never a bare port', () => {
  const rules =
    buildCellRules([80, 443]) +
    buildWindowRules({ transparentPorts: [80, 443], allowedRanges: ['10.9.0.0/16'], resolvers: ['10.0.2.3'] });
  for (const line of rules.split('\n').filter((text) => text.includes('dport') && !text.includes('th dport')))
    expect(line).toMatch(/ip daddr 192\.0\.2\.[13] /);
  expect(rules).toContain('ip daddr 10.9.0.0/16 accept');
});

test('finds credential files by name and by content, and leaves examples alone', () => {
  const root = mkdtempSync(join(tmpdir(), 'anchorhold-files-'));
  mkdirSync(join(root, 'a/.kube'), { recursive: true });
  for (const [path, text] of Object.entries({
    '.env': '',
    '.env.example': '',
    'a/.kube/config': '',
    'a/id_rsa': '',
    'a/id_rsa.pub': '',
    '.npmrc': '',
    'tls.pem': '',
    'key.txt': '-----BEGIN RSA PRIVATE KEY-----',
    'sa.json': '{"type":"service_account"}',
    'package.json': '{}',
  })) {
    writeFileSync(join(root, path), text);
  }
  expect(findCredentialFiles(root).map(({ path }) => path)).toEqual([
    '.env',
    '.npmrc',
    'a/.kube',
    'a/id_rsa',
    'key.txt',
    'sa.json',
    'tls.pem',
  ]);
});

test('sums up the log without a byte that a terminal would obey (F-16)', () => {
  const log = join(mkdtempSync(join(tmpdir(), 'anchorhold-log-')), 'log');
  const line = JSON.stringify({
    decision: 'deny',
    host: 'a.example',
    method: 'GET',
    path: '/\u001b[2J',
    reason: 'path-not-allowed',
  });
  writeFileSync(log, `${line}\n${line}\nnot a record\n`);
  expect(summarise(log)).toEqual([
    { decision: 'deny', host: 'a.example', method: 'GET', path: '/\ufffd[2J', why: 'path-not-allowed', count: 2 },
  ]);
});

test('the summary names the credential that the host refused, and only then', () => {
  const log = join(mkdtempSync(join(tmpdir(), 'twin-')), 'requests.jsonl');
  const record = { decision: 'allow', host: 'a.example', method: 'GET', path: '/', rule: 'GET /**' };
  const lines = [
    { ...record, credential: 'a-key', status: 401 },
    { ...record, credential: 'a-key', status: 200 },
    { ...record, status: 401 },
  ];
  writeFileSync(log, lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(summarise(log).map(({ why, count }) => [why, count])).toEqual([
    ['GET /**', 2],
    ['GET /** (the host refused a-key: 401)', 1],
  ]);
});

test('runs the bytes of the default layout, which a cloud runs too', () => {
  const policy = definePolicy({ policy: 1, name: 'x', upstreams: [{ host: 'a.example.com', tls: 'passthrough' }] });
  expect(compile(policy, localLayout({ policy })).files).toEqual(compile(policy).files);
});

test('gives the ways addresses apart when an upstream stands on a port of ours', () => {
  const policy = definePolicy({
    policy: 1,
    name: 'x',
    upstreams: [{ host: 'a.example.com', port: 8080, tls: 'passthrough' }],
  });
  expect(localLayout({ policy })).toEqual({
    gateway: { address: '192.0.2.1', port: 8080 },
    forwardProxy: { address: '192.0.2.1', port: 3128 },
    transparent: { address: '192.0.2.3' },
  });
});
