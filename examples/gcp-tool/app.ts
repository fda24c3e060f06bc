import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { PinnedImage, pinProvider, SecureAgent, ToolServer } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

const app = new App();
const stack = new TerraformStack(app, 'coder');
new LocalBackend(stack, { path: 'terraform.tfstate' }); // a bucket for anything that lasts
new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
pinProvider(stack);
const image = (name: string): PinnedImage =>
  PinnedImage.fromRegistry(
    `europe-west1-docker.pkg.dev/acme-agents/agents/${name}@sha256:${'0'.repeat(64)}`, // the digest you have reviewed
  );
const agent = new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  image: image('coder'),
});
new ToolServer(stack, 'Notes', {
  name: 'notes',
  proxy: agent.proxy,
  projectNumber: '123456789012',
  image: image('notes'),
  // It must have a version before the tool is made.
  secrets: { NOTES_KEY: 'projects/acme-agents/secrets/notes-key' },
});
app.synth();
