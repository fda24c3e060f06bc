import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { PinnedImage, pinProvider, SecureAgent } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

const app = new App();
const stack = new TerraformStack(app, 'coder');
new LocalBackend(stack, { path: 'terraform.tfstate' }); // a bucket for anything that lasts
new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
pinProvider(stack);
const agent = new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  image: PinnedImage.fromRegistry(
    `europe-west1-docker.pkg.dev/acme-agents/agents/coder@sha256:${'0'.repeat(64)}`, // the digest you have reviewed
  ),
});
if ('grantRun' in agent.workload) agent.workload.grantRun('group:developers@acme.example');
app.synth();
