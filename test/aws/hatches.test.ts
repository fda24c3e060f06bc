import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnSecurityGroupEgress } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AgentService, PinnedImage, SecureAgent } from '../../lib/aws';
import { failure } from './failure';
import { DIGEST, POLICY } from './stack';

const KEY = `sk-ant-api03-${'q7R8'.repeat(20)}`;

/** A stack of an agent that also runs as a service, with whatever an aspect does to each of its resources. */
function aspected(visit: (resource: CfnResource, agent: SecureAgent) => void): Stack {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
  const agent = new SecureAgent(stack, 'Agent', { policy: POLICY, image });
  new AgentService(stack, 'Service', { task: agent.task });
  Aspects.of(stack).add({ visit: (node) => void (node instanceof CfnResource && visit(node, agent)) });
  return stack;
}

const of = (type: string, id: string, change: (resource: CfnResource) => void) => (resource: CfnResource) =>
  void (resource.cfnResourceType === type && resource.node.path.includes(id) && change(resource));

/** What an aspect does, and the refusal's text. */
const OPENED: readonly (readonly [string, (resource: CfnResource, agent: SecureAgent) => void, string])[] = [
  [
    'opens the agent’s group to the world, in the group itself',
    of('AWS::EC2::SecurityGroup', 'Agent/Agent/SecurityGroup', (group) =>
      group.addPropertyOverride('SecurityGroupEgress', [{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }]),
    ),
    'agent.securityGroup: expected egress only to the proxy and the platform\'s endpoints, got an address range "0.0.0.0/0"; remove the rule [agent-egress-open]',
  ],
  [
    'opens it to IPv6, by a rule that stands apart',
    (resource, agent) => {
      if (resource.node.path !== 'Test/Agent/Agent/SecurityGroup/Resource') return;
      const groupId = agent.task.securityGroup.securityGroupId;
      if (Stack.of(resource).node.tryFindChild('Late')) return;
      new CfnSecurityGroupEgress(Stack.of(resource), 'Late', { groupId, ipProtocol: '-1', cidrIpv6: '::/0' });
    },
    'got an address range "::/0"; remove the rule [agent-egress-open]',
  ],
  [
    'gives the agent’s task a role',
    of('AWS::ECS::TaskDefinition', 'Agent/Agent/', (task) =>
      task.addPropertyOverride('TaskRoleArn', 'arn:aws:iam::role/x'),
    ),
    'agent.taskRole: expected none, got a role: the agent’s code would hold its credentials; remove it [agent-has-role]',
  ],
  [
    'opens sessions into a service of the agent, which stands beside it',
    of('AWS::ECS::Service', 'Test/Service', (service) => service.addPropertyOverride('EnableExecuteCommand', true)),
    'Test/Service/Service/Service: expected ECS Exec off, got EnableExecuteCommand true: it is a tunnel past the proxy; remove it [exec-enabled]',
  ],
  [
    'opens sessions into the proxy',
    of('AWS::ECS::Service', 'Agent/Proxy', (service) => service.addPropertyOverride('EnableExecuteCommand', true)),
    'Test/Agent/Proxy/Service/Service: expected ECS Exec off',
  ],
  [
    'gives the agent’s service a public address',
    of('AWS::ECS::Service', 'Test/Service', (service) =>
      service.addPropertyOverride('NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp', 'ENABLED'),
    ),
    "expected AssignPublicIp DISABLED, got ENABLED: an agent has no address but its network's own; set it back [agent-public-ip]",
  ],
  [
    'takes another Envoy by a tag',
    of('AWS::ECS::TaskDefinition', 'Agent/Proxy/', (task) =>
      task.addPropertyOverride('ContainerDefinitions.1.Image', 'envoyproxy/envoy:latest'),
    ),
    'proxy.envoy.image: expected a digest such as "name@sha256:<64 hex digits>", got "envoyproxy/envoy:latest": a tag can be moved to other bytes; ' +
      'give the image as a prop, and take back what overrides it [image-not-pinned]',
  ],
  [
    'takes another image of the agent by a tag',
    of('AWS::ECS::TaskDefinition', 'Agent/Agent/', (task) =>
      task.addPropertyOverride('ContainerDefinitions.0.Image', 'agent:latest'),
    ),
    'agent.agent.image: expected a digest',
  ],
  [
    'writes a secret’s value into the template',
    of('AWS::SecretsManager::Secret', 'Secrets/anthropic-key', (secret) =>
      secret.addPropertyOverride('SecretString', KEY),
    ),
    'expected a secret that is made empty, got its value in plain text, which the template shows; leave it out, and put it with "aws secretsmanager put-secret-value" [secret-in-plain-text]',
  ],
  [
    'takes a host out of the wall of names',
    of('AWS::Route53Resolver::FirewallDomainList', 'Names/Allowed', (list) =>
      list.addPropertyOverride('Domains', ['api.anthropic.com']),
    ),
    '[host-not-in-garden]',
  ],
];

test.each(OPENED)('is refused at synth when an aspect %s', (_, visit, text) => {
  const message = failure(() => Template.fromStack(aspected(visit)));
  expect(message).toContain(text);
  expect(message).not.toContain(KEY);
});

test('is taken with an aspect that changes nothing', () => {
  expect(failure(() => Template.fromStack(aspected(() => undefined)))).toBe('');
});
