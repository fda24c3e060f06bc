import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { PinnedImage, SecureAgent } from '../../lib/aws';
import { prove } from '../../lib/proof';
import { agentStack, container, POLICY } from './stack';

const root = mkdtempSync(join(tmpdir(), 'anchorhold-image-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with a Dockerfile and these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries({ Dockerfile: 'FROM scratch\n', ...files })) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return join(root, name);
}
const make = (directory: string) => PinnedImage.fromDirectory(new Stack(new App(), 'Image'), 'Image', directory);

test('takes a folder, which ECR can serve to the agents’ network, and is proved closed', () => {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  const directory = folder('clean', { 'agent.js': '', '.env.example': 'A=' });
  const agent = new SecureAgent(stack, 'Agent', {
    policy: POLICY,
    image: PinnedImage.fromDirectory(stack, 'Image', directory),
  });
  const template = Template.fromStack(stack);
  expect(JSON.stringify(container(template, 'agent').Image)).toMatch(/container-assets.*:[0-9a-f]{64}/);
  expect(agent.task.definition).toBeDefined();
  const report = prove([{ name: 'stack', document: template.toJSON() }]);
  expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
});

test('refuses the tag of a folder that this app doesn’t build: somebody else’s repository may move it', () => {
  const { stack } = agentStack({ image: make(folder('elsewhere', {})) });
  expect(() => Template.fromStack(stack)).toThrow(/agent\.agent\.image: expected a digest .* \[image-not-pinned\]/);
});

test.each([
  ['.env', 'environment file'],
  ['config/.aws/credentials', 'cloud credentials'],
  ['id_ed25519', 'private key'],
  ['home/.npmrc', 'registry token'],
  ['.git-credentials', 'login'],
])('refuses a folder that holds %s, unless .dockerignore names it', (path, why) => {
  const name = path.replaceAll('/', '-');
  const shown = path.replace('/credentials', '');
  expect(() => make(folder(name, { [path]: 'x' }))).toThrow(
    `image: expected a folder without credential files, got 1: ${shown} (${why}): the agent could read them in its image; ` +
      'delete them, or name them in .dockerignore [image-holds-credentials]',
  );
  expect(() => make(folder(`${name}-ignored`, { [path]: 'x', '.dockerignore': `${shown}\n` }))).not.toThrow();
});

test('refuses a key under an innocent name, and never shows what it found', () => {
  const attempt = () => make(folder('key', { 'notes.txt': '-----BEGIN RSA PRIVATE KEY-----\nMIIcanary' }));
  expect(attempt).toThrow('notes.txt (private key)');
  expect(attempt).not.toThrow('MIIcanary');
});

test('names five of many', () => {
  const files = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`k${i}.pem`, '']));
  expect(() => make(folder('many', files))).toThrow(/got 7: k0\.pem .*k4\.pem \(private key\), …: /);
});
