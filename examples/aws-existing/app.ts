import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  AgentNetwork,
  AgentService,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
} from '../../lib/aws';
import { definePolicy } from '../../lib/policy';

export const stack = new Stack(new App(), 'Existing');
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: ['us-east-1a', 'us-east-1b'],
  isolatedSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0', 'rtb-0123456789abcdef1'],
});
const cluster = Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'agents', vpc, securityGroups: [] });
const network = AgentNetwork.fromVpc(stack, 'Network', { vpc });
const proxy = new EgressProxy(stack, 'Proxy', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  network: new EgressNetwork(stack, 'Egress', { cidr: '10.200.0.0/24' }),
  envoy: EnvoyImage.of(imageOf('envoy'), '1.40.0'),
  keeper: imageOf('keeper'),
});
const window = new ProxyWindow(stack, 'Window', { network, proxy });
export const task = new AgentTask(stack, 'Agent', { network, proxy, window, cluster, image: imageOf('coder') });
new AgentService(stack, 'Service', { task });

function imageOf(name: string): PinnedImage {
  // The digests you have reviewed.
  return PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, name, name), `sha256:${'0'.repeat(64)}`);
}
