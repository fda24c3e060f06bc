import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { EnvoyImage, PinnedImage, SecureAgent } from '../lib/aws';
import { definePolicy } from '../lib/policy';

/**
 * The reference stack: the policy that `npm start` runs on this machine, on AWS. Choose with `--context`:
 * `policy` (a file), `agentDigest`, `keeperDigest`, `envoyImage` (`…/envoy:distroless-v1.40.0@sha256:…`).
 */
const app = new App();
const root = join(__dirname, '..');

const stack = new Stack(app, 'Anchorhold', { description: 'An agent whose only way out is its egress proxy' });
const envoyImage = context('envoyImage');
const keeperDigest = context('keeperDigest');
new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(policyFile(), 'utf8')),
  image: PinnedImage.fromEcrRepository(
    Repository.fromRepositoryName(stack, 'AgentRepository', 'anchorhold/agent'),
    // The repository is the user's, so its digest can't be known here; this one never starts.
    context('agentDigest') ?? `sha256:${'0'.repeat(64)}`,
  ),
  ...(envoyImage ? { envoy: EnvoyImage.of(PinnedImage.fromRegistry(envoyImage)) } : {}),
  ...(keeperDigest
    ? {
        keeper: PinnedImage.fromEcrRepository(
          Repository.fromRepositoryName(stack, 'KeeperRepository', 'anchorhold/keeper'),
          keeperDigest,
        ),
      }
    : {}),
});
app.synth();

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
