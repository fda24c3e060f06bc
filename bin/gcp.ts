import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { EnvoyImage, PinnedImage, pinProvider, SecureAgent } from '../lib/gcp';
import { definePolicy } from '../lib/policy';

/**
 * The reference stack on Google Cloud. Environment: `PROJECT`, `REGION`, `POLICY` (a file), `AGENT_IMAGE`, `ENVOY_IMAGE`,
 * `KEEPER_IMAGE` (each by digest), `CDKTF_OUTDIR` (a folder that exists; else `cdktf.out`).
 */
const { env } = process;
const app = new App();
const stack = new TerraformStack(app, 'anchorhold');
// Without one the state's place is an absolute path of this machine. Choose a bucket for anything that lasts.
new LocalBackend(stack, { path: 'terraform.tfstate' });
new GoogleProvider(stack, 'google', { project: env.PROJECT ?? 'my-project', region: env.REGION ?? 'europe-west1' });
pinProvider(stack);
new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(env.POLICY ?? join(__dirname, '../examples/gcp-minimal/policy.yaml'), 'utf8')),
  // The registry is the user's, so its digest can't be known here; this one never starts.
  image: PinnedImage.fromRegistry(
    env.AGENT_IMAGE ?? `europe-west1-docker.pkg.dev/my-project/agents/coder@sha256:${'0'.repeat(64)}`,
  ),
  ...(env.ENVOY_IMAGE ? { envoy: EnvoyImage.of(PinnedImage.fromRegistry(env.ENVOY_IMAGE)) } : {}),
  ...(env.KEEPER_IMAGE ? { keeper: PinnedImage.fromRegistry(env.KEEPER_IMAGE) } : {}),
});
app.synth();
