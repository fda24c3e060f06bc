import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  AgentCompute,
  AgentNetwork,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  gvisorMachineFiles,
  PinnedImage,
  ProxyWindow,
} from '../../lib/aws';
import { definePolicy } from '../../lib/policy';

const policy = definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8'));

export const stack = new Stack(new App(), 'Compute');
const pinned = (name: string) =>
  PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, name, name), `sha256:${'0'.repeat(64)}`); // the digest you have reviewed

// No image is pulled and no log is written in the agents' network: it has no endpoint but the proxy's.
const network = new AgentNetwork(stack, 'Network', { platformEndpoints: false });
const proxy = new EgressProxy(stack, 'Proxy', {
  policy,
  network: new EgressNetwork(stack, 'Egress'),
  envoy: EnvoyImage.of(pinned('envoy'), '1.40.0'),
  keeper: pinned('keeper'),
});
const parts = { network, proxy, window: new ProxyWindow(stack, 'Window', { network, proxy }) };

/** One MicroVM a request, built from a folder. */
const microvm = AgentCompute.lambdaMicrovm({
  directory: join(__dirname, 'microvm'),
  baseImageVersion: '1.0', // the version you have reviewed
  timeout: Duration.minutes(30),
});
/** One instance a run, from a machine image that holds `machineFiles`. */
const gvisor = AgentCompute.ec2Gvisor({ machineImage: 'ami-00000000000000000' }); // the image you have built
export const machineFiles = gvisorMachineFiles({ policy, command: ['node', '/agent/main.mjs'] });

export const agents = {
  microvm: microvm.build(new Construct(stack, 'Microvm'), parts),
  gvisor: gvisor.build(new Construct(stack, 'Gvisor'), parts),
};

/** Whatever takes requests: it starts runs and does nothing else. */
export const front = new Role(stack, 'Front', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
for (const { launcher } of Object.values(agents)) launcher.grantRun(front);
