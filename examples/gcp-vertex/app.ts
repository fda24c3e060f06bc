import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { EnvoyImage, PinnedImage, pinProvider, SecureAgent } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

const app = new App();
const stack = new TerraformStack(app, 'analyst');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
pinProvider(stack);
const image = (name: string) =>
  PinnedImage.fromRegistry(`europe-west1-docker.pkg.dev/acme-agents/${name}@sha256:${'0'.repeat(64)}`);
new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  image: image('agents/analyst'),
  // No network here has a way to the internet, so the proxy's images come from the project's own registry.
  envoy: EnvoyImage.of(image('proxy/envoy:distroless-v1.40.0')),
  keeper: image('proxy/keeper'),
});
app.synth();
