import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, LocalBackend, TerraformStack } from 'cdktf';
import {
  AgentNetwork,
  AgentService,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  pinProvider,
  ProxyWindow,
} from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

const app = new App();
const stack = new TerraformStack(app, 'reviewer');
new LocalBackend(stack, { path: 'terraform.tfstate' });
new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
pinProvider(stack);
const image = (name: string) =>
  PinnedImage.fromRegistry(`europe-west1-docker.pkg.dev/acme-agents/${name}@sha256:${'0'.repeat(64)}`);

const network = new AgentNetwork(stack, 'Network', { name: 'reviewer' });
const proxy = new EgressProxy(stack, 'Proxy', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  // The hub has the company's NAT, its logs and its addresses that partners have on their lists.
  network: new EgressNetwork(stack, 'Egress', {
    name: 'reviewer',
    doorCidr: '10.200.8.0/28',
    existing: {
      network: 'projects/acme-net/global/networks/hub',
      subnetwork: 'projects/acme-net/regions/europe-west1/subnetworks/egress',
    },
  }),
  envoy: EnvoyImage.of(image('proxy/envoy:distroless-v1.40.0')),
  keeper: image('proxy/keeper'),
  secrets: { 'anthropic-key': 'projects/acme-secrets/secrets/anthropic' },
});
const window = new ProxyWindow(stack, 'Window', { network, proxy });
const service = new AgentService(stack, 'Service', { network, proxy, window, image: image('agents/reviewer') });
service.grantInvoke('serviceAccount:dispatch@acme-agents.iam.gserviceaccount.com');
app.synth();
