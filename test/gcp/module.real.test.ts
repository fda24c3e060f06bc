import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '../../lib/envoy';
import { filesOfUserData } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { type Life, live } from './cycle';
import { expectedList, plannedList } from './planned';
import { writeModule } from './write-module';
import { Deployment } from './terraform';

const ROOT = join(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/gcp-module');
const root = mkdtempSync(join(tmpdir(), 'anchorhold-module-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(() => {
  writeModule(join(EXAMPLE, 'policy.yaml'), join(root, 'modules/coder'));
  cpSync(join(EXAMPLE, 'main.tf'), join(root, 'main.tf'));
});

const VERSIONS = ['6.50.0', '8.7.0'];
let lives: ReadonlyMap<string, Life>;
beforeAll(async () => {
  // Under the newer one the commands start the provider themselves, as a user's do.
  const made = VERSIONS.map(
    async (version) => [version, await live(root, { version, starts: version !== '6.50.0' })] as const,
  );
  lives = new Map(await Promise.all(made));
}, 300_000);

describe.each(VERSIONS)('a root module of ten lines under google %s', (version) => {
  let life: Life;
  beforeAll(() => {
    const found = lives.get(version);
    if (!found) throw new Error(`no life under ${version}`);
    life = found;
  });

  test('lives its whole life', () => {
    expect(readFileSync(join(root, 'main.tf'), 'utf8').trim().split('\n')).toHaveLength(10);
    const codes = Object.entries(life.steps).map(([step, { code }]) => `${step} ${code}`);
    expect(codes.filter((line) => !line.endsWith(' 0'))).toEqual(['plan after the drift 2']);
    expect(life.left).toBe(0);
    expect(plannedList(life.plan)).toBe(expectedList(join(EXAMPLE, 'expected.txt'), life.plan));
  });

  test('is proved closed as it is planned and made', () => {
    for (const text of [life.plan, life.shown])
      expect(prove([{ name: 'module', document: JSON.parse(text) as unknown }]).verdict).toBe('closed');
  });

  test('carries the bytes that compile() gives, and what only Terraform knew is filled in', () => {
    const userData = /"user-data": ("#cloud-config(?:[^"\\]|\\.)*")/.exec(life.state)?.[1] ?? '""';
    const carried = filesOfUserData(String(JSON.parse(userData)));
    const policy = definePolicy(readFileSync(join(EXAMPLE, 'policy.yaml'), 'utf8'));
    expect(carried['/run/anchorhold/envoy.json']).toBe(compile(policy).bootstrap);
    expect(carried['/run/anchorhold/proxy.env']).toContain(
      'gcp-secret:projects/acme-agents/secrets/coder-anthropic-key',
    );
    expect(carried['/run/anchorhold/proxy.env']).toContain(
      'ENVOY_IMAGE=europe-west1-docker.pkg.dev/acme-agents/proxy/envoy:',
    );
  });
});

test.each([
  ['agent_image', /agents\/coder@sha256:0+/, 'agents/coder:latest', '[image-not-pinned]'],
  ['envoy_image', /distroless-v1\.40\.0/, 'distroless-v1.39.2', '[envoy-too-old]'],
])('Terraform itself refuses a wrong %s', async (_, from, to, code) => {
  const bad = mkdtempSync(join(tmpdir(), 'anchorhold-bad-'));
  cpSync(root, bad, { recursive: true });
  writeFileSync(join(bad, 'main.tf'), readFileSync(join(root, 'main.tf'), 'utf8').replace(from, to));
  const deployment = await Deployment.open(bad);
  try {
    expect((await deployment.run('init', '-input=false')).code).toBe(0);
    const { code: exit, out } = await deployment.run('plan', '-input=false');
    expect(exit).toBe(1);
    expect(out.replace(/\s*│?\s+/g, ' ')).toContain(code);
  } finally {
    deployment.close();
    rmSync(bad, { recursive: true, force: true });
  }
});

test('the same policy is the same module twice, and holds no path, backend or provider', () => {
  writeModule(join(EXAMPLE, 'policy.yaml'), join(root, 'again'));
  const text = readFileSync(join(root, 'modules/coder/main.tf.json'), 'utf8');
  expect(readFileSync(join(root, 'again/main.tf.json'), 'utf8')).toBe(text);
  const module = JSON.parse(text) as Record<string, unknown>; // the module's own JSON
  expect(Object.keys(module).sort()).toEqual(['output', 'resource', 'terraform', 'variable']);
  expect(text).not.toContain(ROOT);
  expect(Object.keys(Object(module.terraform)).sort()).toEqual(['required_providers', 'required_version']);
});

test('npm run build writes the example’s module, the same', () => {
  execFileSync('npm', ['run', '--silent', 'build:module'], { cwd: ROOT, stdio: 'pipe' });
  const built = readFileSync(join(ROOT, 'dist/modules/gcp-agent/main.tf.json'), 'utf8');
  expect(built).toBe(readFileSync(join(root, 'modules/coder/main.tf.json'), 'utf8'));
});

test('a policy that can’t be had there is refused in a sentence, and a wrong word with the usage', () => {
  const policy = join(root, 'bedrock.yaml');
  writeFileSync(
    policy,
    'policy: 1\nname: coder\nupstreams:\n  - host: bedrock.example.com\n    credential: { sigv4: { service: bedrock, region: eu-west-1 } }\n    rules: [POST /model/**]\n',
  );
  expect(outcome(policy, join(root, 'x'))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('[sigv4-elsewhere]'),
  });
  expect(outcome(policy, join(root, 'x'), '--kind', 'pod')).toMatchObject({ status: 2 });
});

function outcome(...words: readonly string[]): unknown {
  try {
    return writeModule(...words);
  } catch (error) {
    return error;
  }
}
