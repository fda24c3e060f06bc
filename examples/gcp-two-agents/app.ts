import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import { Guardrails, PinnedImage, pinProvider, SecureAgent } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

const app = new App();
const stack = new TerraformStack(app, 'two');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
pinProvider(stack);
const cell = (name: string, kind: 'job' | 'workerPool') =>
  new SecureAgent(stack, name, {
    policy: definePolicy(readFileSync(join(__dirname, `${name}.yaml`), 'utf8')),
    image: PinnedImage.fromRegistry(`europe-west1-docker.pkg.dev/acme-agents/agents/${name}@sha256:${'0'.repeat(64)}`),
    kind,
    topology: 'sharedVpc',
  });
const agents = [cell('writer', 'job'), cell('reader', 'workerPool')];
new Guardrails(stack, 'Guardrails', { name: 'two', agents: agents.map(({ workload }) => workload.account) });
app.synth();
