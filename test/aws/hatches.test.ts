import { App, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnSecurityGroupEgress } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AgentNetwork, AgentService, PinnedImage, SecureAgent } from '../../lib/aws';
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

const TASK = 'AWS::ECS::TaskDefinition';
const MACHINE = 'AWS::StepFunctions::StateMachine';
const set = (type: string, id: string, path: string, value: unknown) =>
  of(type, id, (resource) => resource.addPropertyOverride(path, value));

/** One change each, and the code of its refusal. */
const LOOSENED: readonly (readonly [ReturnType<typeof of>, string])[] = [
  [
    set(TASK, 'Agent/Agent/', 'ContainerDefinitions.0.LinuxParameters.Capabilities.Add', ['SYS_PTRACE']),
    'agent.agent.linuxParameters.capabilities: expected to drop ALL and add none; set it back [agent-capabilities]',
  ],
  [
    set(TASK, 'Agent/Agent/', 'ContainerDefinitions.1.LinuxParameters.Capabilities.Drop', []),
    'agent.trust.linuxParameters.capabilities',
  ],
  [
    set(TASK, 'Agent/Agent/', 'ContainerDefinitions.0.EnvironmentFiles', [
      { Type: 's3', Value: 'arn:aws:s3:::x/y.env' },
    ]),
    'agent.agent.environmentFiles: expected none, got some: the proxy injects credentials, the agent never holds one [agent-has-secret]',
  ],
  [
    set(TASK, 'Agent/Agent/', 'RequiresCompatibilities', ['EC2']),
    'agent.requiresCompatibilities: expected FARGATE alone, with networkMode "awsvpc": on another machine a task shares its network and its role; set both back [agent-not-fargate]',
  ],
  [set(TASK, 'Agent/Proxy/', 'NetworkMode', 'host'), '[proxy-not-fargate]'],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.0.ReadonlyRootFilesystem', false),
    'proxy.keeper.readonlyRootFilesystem: expected true; set it back [proxy-root-writable]',
  ],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.1.User', '0:0'),
    'proxy.envoy.user: expected "101:101"; set it back [proxy-user]',
  ],
  [set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.1.Privileged', true), '[proxy-privileged]'],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.1.Ulimits', []),
    'proxy.envoy.ulimits: expected a limit of 0 for "core": a core file would hold every secret; set it back [proxy-core]',
  ],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.1.Command', ['--config-yaml', '{}']),
    'proxy.envoy.command: expected what it was built with, got another: Envoy would run another policy than the one that was compiled; take back what overrides it [proxy-changed]',
  ],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.1.EntryPoint', ['/bin/sh']),
    'proxy.envoy.entryPoint: expected what it was built with',
  ],
  [
    set(TASK, 'Agent/Proxy/', 'ContainerDefinitions.0.Environment', [{ Name: 'ANCHORHOLD_FILES', Value: 'x' }]),
    'proxy.keeper.environment: expected what it was built with',
  ],
  [
    set('AWS::SecretsManager::Secret', 'AuthoritySeed', 'SecretString', KEY),
    'AuthoritySeed: expected a secret that is made empty',
  ],
  [
    set('AWS::Route53Resolver::FirewallDomainList', 'Names/Allowed', 'Domains.0', '*'),
    'got "*" too: a name is a way out for data; allow it there, or take it back [garden-name]',
  ],
  [
    set('AWS::Route53Resolver::FirewallRuleGroup', 'Names/Rules', 'FirewallRules.1.Action', 'ALERT'),
    'Names/Rules: expected to allow the list, then to block every name, in the agents’ network, got other rules: a resolver without a wall carries data out; take back what overrides them [garden-open]',
  ],
  [
    set(MACHINE, 'Launcher', 'DefinitionS3Location', { Bucket: 'x', Key: 'y' }),
    'Launcher/StateMachine: expected the definition and the role it was built with, got another: it writes out each choice of a launch, so that its caller has none; take back what overrides it [launcher-changed]',
  ],
  [
    of('AWS::EC2::SecurityGroupEgress', 'Agent/Agent/SecurityGroup', (rule) => {
      if (rule instanceof CfnSecurityGroupEgress && rule.destinationPrefixListId !== undefined)
        rule.addPropertyOverride('DestinationPrefixListId', 'pl-other');
    }),
    'got the prefix list "pl-other"; remove the rule [agent-egress-open]',
  ],
];

test('tells each change that loosens what stands around an agent, all at once', () => {
  const message = failure(() =>
    Template.fromStack(aspected((resource) => LOOSENED.forEach(([change]) => change(resource)))),
  );
  expect(LOOSENED.map(([, text]) => text).filter((text) => !message.includes(text))).toEqual([]);
  expect(message).not.toContain(KEY);
});

test.each([
  ['another first rule', 'FirewallRuleGroup', 'Rules', 'FirewallRules.0.Priority', 300],
  [
    'redirections that are trusted',
    'FirewallRuleGroup',
    'Rules',
    'FirewallRules.0.FirewallDomainRedirectionAction',
    'TRUST_REDIRECTION_DOMAIN',
  ],
  ['one type of question alone', 'FirewallRuleGroup', 'Rules', 'FirewallRules.1.Qtype', 'A'],
  ['less than every name', 'FirewallDomainList', 'Everything', 'Domains', ['example.com']],
  ['another network', 'FirewallRuleGroupAssociation', 'Association', 'VpcId', 'vpc-other'],
])('refuses a wall of names with %s', (_, type, id, path, value) => {
  const { stack } = gardenStack();
  Aspects.of(stack).add({
    visit: (node) => void (node instanceof CfnResource && set(`AWS::Route53Resolver::${type}`, id, path, value)(node)),
  });
  expect(failure(() => Template.fromStack(stack))).toContain('[garden-open]');
});

test('takes what is changed by the constructs’ own methods: another name, a variable, a hardened container, other logical ids', () => {
  const stack = aspected(() => undefined);
  const agent = stack.node.findChild('Agent') as SecureAgent;
  agent.network.garden.allow('status.example.com');
  agent.task.definition.findContainer('agent')?.addEnvironment('LOG_LEVEL', 'debug');
  agent.proxy.task.definition.findContainer('envoy')?.addEnvironment('TZ', 'UTC');
  const { defaultChild } = agent.launcher.stateMachine.node;
  (defaultChild as CfnResource).overrideLogicalId('Launcher'); // a state machine's own resource
  expect(failure(() => Template.fromStack(stack))).toBe('');
});

/** A network of agents alone. */
function gardenStack(): { stack: Stack } {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  new AgentNetwork(stack, 'Network', { platformEndpoints: false });
  return { stack };
}

test('is taken with an aspect that changes nothing', () => {
  expect(failure(() => Template.fromStack(aspected(() => undefined)))).toBe('');
});
