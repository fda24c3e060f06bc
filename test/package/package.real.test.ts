import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startInternet } from '../../examples/demo/stand-in';
import { findEnvoy } from '../../lib/twin';
import { copyOf, inside, install, lend, pack, ROOT, type Tarball } from './project';

const POLICY = `policy: 1
name: coder
upstreams:
  - host: api.model.example
    rules: [POST /v1/messages]
`;

let tarball: Tarball;
/** Without a cloud's SDK. */
let bare: string;
/** With the AWS CDK. */
let withAws: string;
beforeAll(() => {
  tarball = pack();
  bare = install(tarball.path);
  withAws = copyOf(bare);
  for (const name of ['aws-cdk-lib', 'constructs', '@types/node', 'undici-types']) lend(withAws, name);
}, 300_000);

const node = (project: string, code: string, type = 'commonjs') =>
  inside(project, process.execPath, [`--input-type=${type}`, '-e', code]);

describe('the tarball', () => {
  test('holds compiled code, types, schemas and pages, and nothing else', () => {
    const expected =
      /^(dist\/lib\/.+\.(js|d\.ts)|dist\/bin\/(anchorhold|gcp-module)\.(js|d\.ts)|dist\/modules\/[a-z-]+\/main\.tf\.json|dist\/keeper\.js|schemas\/[a-z-]+\.schema\.json|docs\/[a-z-]+\.md|package\.json|README\.md|SECURITY\.md|LICENSE)$/;
    expect(tarball.files.filter((path) => !expected.test(path))).toEqual([]);
  });

  test('has each file that package.json points at', () => {
    const { main, types, bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = [main, types, ...Object.values(bin), ...Object.values(exports).flatMap(pathsOf)];
    for (const path of named.filter((text: string) => !text.includes('*')))
      expect(tarball.files).toContain(path.replace(/^\.\//, ''));
  });
});

describe('a project without a cloud’s SDK', () => {
  test('was given none', () => {
    for (const name of ['aws-cdk-lib', 'constructs', 'cdktf'])
      expect(existsSync(join(bare, 'node_modules', name))).toBe(false);
  });

  test.each([
    ['require', 'commonjs', "const { definePolicy, decide } = require('anchorhold');"],
    ['import', 'module', "import { definePolicy, decide } from 'anchorhold';"],
  ])('decides by the root, got by %s', (_way, type, get) => {
    const ask = `console.log(decide(definePolicy(${JSON.stringify(POLICY)}), { method: 'POST', url: 'https://api.model.example/v1/messages', headers: [] }).verdict)`;
    expect(node(bare, `${get} ${ask}`, type)).toEqual({ status: 0, stdout: 'allow\n', stderr: '' });
  });

  test('is told which package is missing when it asks for a cloud', () => {
    const { status, stderr } = node(bare, "require('anchorhold/aws')");
    expect(status).toBe(1);
    expect(stderr).toMatch(/Cannot find module '(aws-cdk-lib|constructs)/);
  });

  test('can’t reach into the package past its exports', () => {
    expect(node(bare, "require('anchorhold/dist/lib/twin')").stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('has the command line', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const npx = (args: readonly string[], input?: string) => inside(bare, 'npx', ['anchorhold', ...args], input);
    expect(npx(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect(npx(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('Usage: anchorhold') });
    expect(npx(['check', '-'], POLICY)).toMatchObject({ status: 0, stdout: expect.stringContaining('coder is sound') });
    expect(npx(['compile', '-'], POLICY).stdout).toContain('"static_resources"');
  });
});

test('confines a command from where it is installed', async () => {
  // a stranger has one of their own
  process.env['ANCHORHOLD_ENVOY'] = await findEnvoy(undefined);
  const internet = await startInternet({ modelKey: 'the-key', gitPassword: 'unused' });
  try {
    writeFileSync(join(bare, 'authority.pem'), internet.authority);
    writeFileSync(join(bare, 'policy.yaml'), POLICY.replace('rules', 'ca: lab\n    rules'));
    const ask = 'curl -sS -m9 -o /dev/null -w "%{http_code}" -d {} https://api.model.example';
    const uplink = `veth:${internet.namespace.name},resolver=${internet.resolver}`;
    const { status, stdout, stderr } = inside(bare, 'npx', [
      ...['anchorhold', 'run', '--policy', 'policy.yaml', '--ca', 'lab=authority.pem', '--uplink', uplink],
      ...['--', 'sh', '-c', `${ask}/v1/messages; ${ask}/v1/files`],
    ]);
    // the stand-in wants a key and this policy gives none: 401 is its own answer, 403 the proxy's
    expect({ status, stdout }).toEqual({ status: 0, stdout: '401403' });
    expect(stderr).toMatch(/allow .*POST \/v1\/messages[^]*deny .*\/v1\/files/);
    expect(internet.record().filter(({ kind }) => kind === 'request')).toHaveLength(1);
  } finally {
    internet.stop();
  }
});

describe('a project with the AWS CDK', () => {
  const synth = `const app = new App(); const stack = new Stack(app, 'S'); new EgressNetwork(stack, 'N'); console.log(JSON.stringify(Template.fromStack(stack).toJSON()).includes('AWS::EC2::VPC'))`;
  test.each([
    [
      'require',
      'commonjs',
      "const { App, Stack } = require('aws-cdk-lib'); const { Template } = require('aws-cdk-lib/assertions'); const { EgressNetwork } = require('anchorhold/aws');",
    ],
    [
      'import',
      'module',
      "import { App, Stack } from 'aws-cdk-lib'; import { Template } from 'aws-cdk-lib/assertions'; import { EgressNetwork } from 'anchorhold/aws';",
    ],
  ])('synthesizes with the constructs, got by %s', (_way, type, get) => {
    expect(node(withAws, `${get} ${synth}`, type)).toMatchObject({ status: 0, stdout: 'true\n' });
  });

  test.each([
    ['node10', { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
    ['node16', { module: 'node16', moduleResolution: 'node16' }],
    ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ])('finds the types with the resolution %s', (_name, options) => {
    const compilerOptions = {
      ...options,
      strict: true,
      noEmit: true,
      target: 'es2022',
      types: ['node'],
      skipLibCheck: true,
    };
    writeFileSync(join(withAws, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    writeFileSync(
      join(withAws, 'app.ts'),
      `import { definePolicy, type Policy } from 'anchorhold';
       import { SecureAgent, type SecureAgentProps } from 'anchorhold/aws';
       const policy: Policy = definePolicy('policy: 1');
       export const props: Pick<SecureAgentProps, 'policy'> = { policy };
       export const made = SecureAgent;
       import { policyMatchers } from 'anchorhold/testing';
       export const matchers = policyMatchers;
       // @ts-expect-error -- the types are really there, not any
       export const wrong: number = policy.name;
       `,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    expect(inside(withAws, process.execPath, [tsc, '-p', withAws])).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

test('its help loads few files, and none of the clouds’ constructs', () => {
  const program = join(bare, 'node_modules/anchorhold/dist/bin/anchorhold.js');
  const listing = `process.argv = ['node', ${JSON.stringify(program)}, '--help'];
    process.on('exit', () => process.stderr.write(JSON.stringify(Object.keys(require.cache))));
    require(process.argv[1]);`;
  const { stdout, stderr } = inside(bare, process.execPath, ['-e', listing]);
  expect(stdout).toContain('Usage:');
  const loaded = JSON.parse(stderr) as string[]; // written just above
  expect(loaded.length).toBeGreaterThan(2);
  expect(loaded.length).toBeLessThan(60);
  expect(
    loaded.filter((file) => /aws-cdk-lib|cdktf|dist\/lib\/(aws|gcp|envoy|keeper|twin|proof)\//.test(file)),
  ).toEqual([]);
});

function pathsOf(entry: unknown): readonly string[] {
  if (typeof entry === 'string') return [entry];
  return typeof entry === 'object' && entry !== null ? Object.values(entry).flatMap(pathsOf) : [];
}
