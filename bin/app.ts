import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { EnvoyImage, PinnedImage, SecureAgent } from '../lib/aws';
import { definePolicy } from '../lib/policy';

/**
 * The reference stack: the policy that `npm start` runs on this machine, on AWS. Choose with `--context`: `policy` (a
 * file), `authorities` (a folder with NAME.pem for each `ca` of the policy), `agentDigest`, `keeperDigest`, `envoyDigest`
 * (of the repositories `anchorhold/agent`, `anchorhold/keeper`, `anchorhold/envoy`; Envoy 1.40 or newer).
 */
const app = new App();
const root = join(__dirname, '..');

const stack = new Stack(app, 'Anchorhold', { description: 'An agent whose only way out is its egress proxy' });
const keeper = context('keeperDigest');
const envoy = context('envoyDigest');
new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(policyFile(), 'utf8')),
  // The repository is the user's, so its digest can't be known here; this one never starts.
  image: imageOf('agent', context('agentDigest') ?? `sha256:${'0'.repeat(64)}`),
  authorities: readAuthorities(
    context('authorities') ?? (context('policy') ? undefined : join(__dirname, 'authorities')),
  ),
  ...(envoy ? { envoy: EnvoyImage.of(imageOf('envoy', envoy), context('envoyVersion') ?? '1.40') } : {}),
  ...(keeper ? { keeper: imageOf('keeper', keeper) } : {}),
});
app.synth();

function imageOf(name: string, digest: string): PinnedImage {
  const repository = Repository.fromRepositoryName(stack, `${name}Repository`, `anchorhold/${name}`);
  return PinnedImage.fromEcrRepository(repository, digest);
}

function readAuthorities(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.pem'));
  return Object.fromEntries(files.map((name) => [name.slice(0, -4), readFileSync(join(folder, name), 'utf8')]));
}

function policyFile(): string {
  const named = context('policy');
  if (named) return named;
  const demo = join(root, 'examples/demo/policy.yaml');
  return existsSync(demo) ? demo : join(root, 'examples/aws-minimal/policy.yaml');
}

function context(name: string): string | undefined {
  const value: unknown = app.node.tryGetContext(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
