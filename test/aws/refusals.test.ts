import { createHash } from 'node:crypto';
import { App, type CfnResource, SecretValue, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnSecurityGroup, Peer, Port, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { CfnService, CfnTaskDefinition, FargateService } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EnvoyImage, packFiles, PinnedImage, SecureAgent } from '../../lib/aws';
import { compile } from '../../lib/envoy';
import { definePolicy } from '../../lib/policy';
import { failure } from './failure';
import { agentStack, asList, container, DIGEST, POLICY } from './stack';

const registry = (tag: string) => PinnedImage.fromRegistry(`registry.example/envoy:${tag}@${DIGEST}`);

test('takes images by digest, from a registry with a port too', () => {
  expect(registry('distroless-v1.40.0')).toMatchObject({ digest: DIGEST, tag: 'distroless-v1.40.0' });
  expect(PinnedImage.fromRegistry(`registry.example:5000/envoy@${DIGEST}`).digest).toBe(DIGEST);
});

test.each(['envoyproxy/envoy:latest', 'envoyproxy/envoy', 'envoyproxy/envoy@sha256:abc'])(
  'refuses the image %s, which has no digest',
  (reference) => {
    expect(() => PinnedImage.fromRegistry(reference)).toThrow(
      `image: expected a digest such as "name@sha256:<64 hex digits>", got "${reference}": a tag can be moved to other bytes; pin the digest that "docker buildx imagetools inspect" prints [image-not-pinned]`,
    );
  },
);

test('refuses a tag where the digest of an ECR image belongs', () => {
  const repository = Repository.fromRepositoryName(new Stack(new App(), 'S'), 'R', 'agent');
  expect(() => PinnedImage.fromEcrRepository(repository, 'latest')).toThrow('got "latest"');
});

test.each(['v1.39.2', 'v1.9.0', 'v0.99.0'])('refuses Envoy %s', (tag) => {
  expect(() => EnvoyImage.of(registry(tag))).toThrow(
    /^envoy: expected version 1\.40 or newer, got "\d+\.\d+": .*\[envoy-too-old\]$/,
  );
});

test.each(['v1.40.0', 'tools-v1.41.3', 'v2.0.0'])('takes Envoy %s', (tag) => {
  expect(EnvoyImage.of(registry(tag)).pinned.tag).toBe(tag);
});

test.each([
  ['distroless-v1.40.0', undefined],
  ['latest', 'distroless-v1.40.0'],
])('refuses Envoy without a shell: tag %s, version %s', (tag, version) => {
  expect(() => EnvoyImage.of(registry(tag), version)).toThrow(
    'envoy: expected an image with a shell, such as "v1.40.0", got "' +
      (version ?? tag) +
      '": its shell keeps the credentials that a crash of Envoy prints out of the log, and lets streams finish [envoy-without-shell]',
  );
});

test('refuses an Envoy whose version nobody says', () => {
  expect(() => EnvoyImage.of(PinnedImage.fromRegistry(`registry.example/envoy@${DIGEST}`))).toThrow(
    '[envoy-version-unknown]',
  );
  expect(() => EnvoyImage.of(registry('latest'))).toThrow('got "latest"');
  expect(EnvoyImage.of(registry('latest'), '1.40.0').version).toBe('1.40');
});

test('refuses an agent image that its network cannot pull', () => {
  expect(() => agentStack({ image: registry('v1') })).toThrow(
    'image: expected an image of an ECR repository, got another registry: the agent network reaches no other; copy the image [image-not-in-ecr]',
  );
});

test('refuses a secret the policy does not name', () => {
  const secrets = { 'anthropc-key': Secret.fromSecretNameV2(new Stack(new App(), 'S'), 'Existing', 'key') };
  expect(() => agentStack({ secrets })).toThrow(
    'secrets: expected only names the policy uses (anthropic-key), got "anthropc-key" [secret-not-in-policy]',
  );
});

/** Hosts that don't repeat each other, so that they don't pack well; `domains` of them. */
const manyHosts = (count: number, domain: (i: number) => string) =>
  definePolicy({
    policy: 1,
    name: 'large',
    upstreams: Array.from({ length: count }, (_, i) => ({
      host: `h${((i + 1) * 2654435761).toString(36)}.${domain(i)}`,
      rules: [`GET /${((i + 7) * 40503 * 65537).toString(36)}/**`],
    })),
  });

test('carries a policy too large for a task definition as an asset that is pinned by its digest', () => {
  const policy = manyHosts(150, (i) => `domain${i % 20}.example`);
  const { stack, agent } = agentStack({ policy });
  const keeper = container(Template.fromStack(stack), 'keeper');
  const words = asList(keeper.Command);
  const digest = String(words[words.indexOf('--files-digest') + 1]);
  expect(keeper.Environment).toBeUndefined();
  const packed = packFiles(compile(policy).files);
  expect(createHash('sha256').update(packed).digest('hex')).toBe(digest);
  expect(agent.proxy.task.files.objectArn).toBeDefined();
});

test('refuses more domains than a template has zones for, and takes them without the transparent way', () => {
  const policy = manyHosts(101, (i) => `domain${i}.example`);
  expect(() => agentStack({ policy })).toThrow(
    'policy.upstreams: expected hosts of at most 100 domains for the transparent way, got 101: each is a private zone; ' +
      'set transparent: false, and clients come by CONNECT or base URL [too-many-zones]',
  );
  expect(() => Template.fromStack(agentStack({ policy, transparent: false }).stack)).not.toThrow();
});

test.each([
  ['googleAccessToken', { googleAccessToken: {} }],
  ['googleIdToken', { googleIdToken: {} }],
])('refuses %s, which no machine of AWS is given', (kind, credential) => {
  const policy = (one: object) =>
    definePolicy({ policy: 1, name: 'x', upstreams: [{ host: 'tool.example.com', rules: ['GET /x'], ...one }] });
  expect(() => agentStack({ policy: policy({ credential }) })).toThrow(
    `policy.upstreams(tool.example.com).credential: expected a credential that can be had on AWS, got ${kind}, which only Google's own machines are given: ` +
      'the proxy would never be ready; leave the upstream out of the policy that AWS is given [google-token]',
  );
  expect(() => agentStack({ policy: policy({}) })).not.toThrow();
});

describe('a secret in plain text', () => {
  const key = `sk-ant-api03-${'x1Y2'.repeat(20)}`;

  test('is refused as the value of a secret that is made here, and never shown', () => {
    const made = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
    const secret = new Secret(made, 'Key', { secretStringValue: SecretValue.unsafePlainText(key) });
    const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(made, 'Image', 'x'), DIGEST);
    new SecureAgent(made, 'Agent', { policy: POLICY, image, secrets: { 'anthropic-key': secret } });
    expect(failure(() => Template.fromStack(made))).toContain(
      'Test/Key: expected a secret that is made empty, got its value in plain text, which the template shows; leave it out, and put it with "aws secretsmanager put-secret-value" [secret-in-plain-text]',
    );
    expect(failure(() => Template.fromStack(made))).not.toContain(key);
  });

  test('is refused as a variable of the agent', () => {
    const { stack, agent } = agentStack();
    const task = agent.task.definition.node.defaultChild as CfnTaskDefinition; // the only child of that name
    task.addPropertyOverride('ContainerDefinitions.0.Environment', [{ Name: 'ANTHROPIC_API_KEY', Value: key }]);
    expect(failure(() => Template.fromStack(stack))).toMatch(
      /agent\.agent\.environment\.ANTHROPIC_API_KEY: expected no secret, got a value shaped like a key: .*let the proxy inject it \[agent-secret-in-plain-text\]/,
    );
    expect(failure(() => Template.fromStack(stack))).not.toContain(key);
  });
});

test('refuses a wall of names that misses a host of the policy', () => {
  const { stack, agent } = agentStack();
  const list = agent.network.garden.node.findChild('Allowed') as CfnResource; // the list is one resource
  list.addPropertyOverride('Domains', ['api.anthropic.com']);
  expect(failure(() => Template.fromStack(stack))).toContain(
    'Test/Agent/Network/Names/Allowed: expected every host of the policy among the allowed names, got none of "packages.example.com": agents could not resolve ' +
      'them; take back what overrides the list, or set transparent: false [host-not-in-garden]',
  );
});

describe('after the stack was built', () => {
  const { stack, agent } = agentStack();
  const task = agent.task.definition.node.defaultChild as CfnTaskDefinition; // the only child of that name
  const group = agent.task.securityGroup.node.defaultChild as CfnSecurityGroup; // likewise
  const service = agent.proxy.service.node.findChild('Service') as CfnService; // likewise

  test('accepts it as it is', () => {
    expect(() => Template.fromStack(agentStack().stack)).not.toThrow();
  });

  test('refuses each later change, all at once', () => {
    task.addPropertyOverride('TaskRoleArn', 'arn:aws:iam::role/x');
    task.addPropertyOverride('ContainerDefinitions.0.Secrets', [{ Name: 'KEY', ValueFrom: 'x' }]);
    task.addPropertyOverride('ContainerDefinitions.0.ReadonlyRootFilesystem', false);
    task.addPropertyOverride('ContainerDefinitions.0.Privileged', true);
    task.addPropertyOverride('ContainerDefinitions.0.User', '0');
    service.addPropertyOverride('EnableExecuteCommand', true);
    agent.task.securityGroup.addEgressRule(Peer.ipv4('203.0.113.0/24'), Port.tcp(443));
    agent.task.securityGroup.addIngressRule(Peer.ipv4('198.51.100.0/24'), Port.tcp(22));
    agent.task.definition.addToExecutionRolePolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }),
    );
    new FargateService(agent, 'Stray', {
      cluster: agent.task.cluster,
      taskDefinition: agent.task.definition,
      securityGroups: [agent.task.securityGroup],
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      assignPublicIp: true,
      minHealthyPercent: 100,
    });
    const message = failure(() => Template.fromStack(stack));
    for (const code of [
      'agent-has-role',
      'agent-has-secret',
      'agent-root-writable',
      'agent-privileged',
      'agent-user',
      'exec-enabled',
      'agent-egress-open',
      'agent-ingress',
      'agent-public-ip',
      'execution-role-wide',
    ]) {
      expect(message).toContain(`[${code}]`);
    }
    expect(message).toContain(
      'expected ECS Exec off, got EnableExecuteCommand true: it is a tunnel past the proxy; remove it',
    );
    expect(message).toContain('got an address range "203.0.113.0/24"');
    expect(message).toContain('expected no ingress, got a rule from "198.51.100.0/24"');
    expect(message).toContain('expected only to pull its image and write its log, got s3:GetObject: remove it');
    expect(message).toContain('expected AssignPublicIp DISABLED, got ENABLED');
  });

  test('refuses a group whose own egress was emptied', () => {
    group.addPropertyDeletionOverride('SecurityGroupEgress');
    expect(failure(() => Template.fromStack(stack))).toContain(
      'the group is allow-all when it is made [group-without-egress]',
    );
  });
});
