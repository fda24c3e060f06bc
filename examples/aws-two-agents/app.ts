import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  AgentLauncher,
  AgentNetwork,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
} from '../../lib/aws';
import type { Policy } from '../../lib/policy';
import { coder, writer } from './policies';

export const stack = new Stack(new App(), 'TwoAgents');
const network = new AgentNetwork(stack, 'Network');
const egress = new EgressNetwork(stack, 'Egress');
// A name resolves to one proxy of a network: the writer's clients come by base URL and CONNECT.
export const coderTask = addAgent('Coder', coder, true);
export const writerTask = addAgent('Writer', writer, false);

/** One proxy and one window for a policy: an agent's group reaches its own window and no other. */
function addAgent(id: string, policy: Policy, transparent: boolean): AgentTask {
  const proxy = new EgressProxy(stack, `${id}Proxy`, {
    policy,
    network: egress,
    envoy: EnvoyImage.of(imageOf(`${id}-envoy`, 'envoy'), '1.40.0'),
    keeper: imageOf(`${id}-keeper`, 'keeper'),
    transparent,
  });
  const window = new ProxyWindow(stack, `${id}Window`, { network, proxy });
  const task = new AgentTask(stack, id, { network, proxy, window, image: imageOf(`${id}-image`, policy.name) });
  new AgentLauncher(stack, `${id}Launcher`, { task });
  return task;
}

function imageOf(id: string, name: string): PinnedImage {
  // The digests you have reviewed.
  return PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, id, name), `sha256:${'0'.repeat(64)}`);
}
