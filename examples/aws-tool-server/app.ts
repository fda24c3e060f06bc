import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  AgentLauncher,
  AgentNetwork,
  AgentTask,
  EgressNetwork,
  EgressProxy,
  EnvoyImage,
  PinnedImage,
  ProxyWindow,
  ToolServer,
} from '../../lib/aws';
import type { Policy } from '../../lib/policy';
import { agentPolicy, toolPolicy } from './policies';

export const stack = new Stack(new App(), 'ToolServer');
const network = new AgentNetwork(stack, 'Network');
const egress = new EgressNetwork(stack, 'Egress');

const agents = addProxy('Agents', agentPolicy);
const task = new AgentTask(stack, 'Agent', { network, ...agents, image: imageOf('coder') });
new AgentLauncher(stack, 'Launcher', { task });

const tickets = addProxy('Tickets', toolPolicy);
const certificateArn = stack.formatArn({ service: 'acm', resource: 'certificate', resourceName: 'tickets' });
export const tool = new ToolServer(stack, 'Tool', {
  network,
  proxy: agents.proxy,
  host: 'tickets.tools.example',
  image: imageOf('tickets'),
  certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn),
  secrets: { TICKETS_TOKEN: new Secret(stack, 'TicketsToken') },
  egress: tickets.window,
});

/** A proxy for a policy, and its window in the agents' network. */
function addProxy(id: string, policy: Policy): { proxy: EgressProxy; window: ProxyWindow } {
  const proxy = new EgressProxy(stack, `${id}Proxy`, {
    policy,
    network: egress,
    envoy: EnvoyImage.of(imageOf(`${id}-envoy`, 'envoy'), '1.40.0'),
    keeper: imageOf(`${id}-keeper`, 'keeper'),
  });
  return { proxy, window: new ProxyWindow(stack, `${id}Window`, { network, proxy }) };
}

function imageOf(id: string, name = id): PinnedImage {
  // The digests you have reviewed.
  return PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, id, name), `sha256:${'0'.repeat(64)}`);
}
