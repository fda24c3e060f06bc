import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IParameter, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { PinnedImage, SecureAgent, type SecureAgentProps } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { container, DIGEST, POLICY, resourcesOf } from './stack';

const secure = (stack: Stack) =>
  StringParameter.fromSecureStringParameterAttributes(stack, 'Key', { parameterName: '/agents/anthropic-key' });

/** A stack whose key is a parameter, made by `make`. */
function withParameter(make: (stack: Stack) => IParameter = secure, props: Partial<SecureAgentProps> = {}) {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  const image = PinnedImage.fromEcrRepository(Repository.fromRepositoryName(stack, 'Repository', 'agent'), DIGEST);
  const parameters = { 'anthropic-key': make(stack) };
  return { stack, agent: new SecureAgent(stack, 'Agent', { policy: POLICY, image, parameters, ...props }) };
}

const notClosed = (template: Template) =>
  prove([{ name: 'stack', document: template.toJSON() }]).findings.filter(({ verdict }) => verdict !== 'closed');

describe('a credential in Parameter Store', () => {
  const { stack, agent } = withParameter();
  const template = Template.fromStack(stack);
  const arn = JSON.stringify(stack.resolve(agent.proxy.task.secrets.parameters['anthropic-key']?.parameterArn));

  test('is read by keeper by its ARN, and no secret is made for its name', () => {
    const words = JSON.stringify(container(template, 'keeper').Command);
    expect(words).toContain(':parameter/agents/anthropic-key');
    expect(words).toContain('anthropic-key=aws-secret:arn:');
    // The seed of the authority alone.
    expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toHaveLength(1);
  });

  test('may be read by the proxy’s role alone, that one and by that one call', () => {
    const statements = resourcesOf(template, 'AWS::IAM::Policy').flatMap(({ Properties }) => {
      const text = JSON.stringify(Properties);
      return text.includes('ssm:') ? [{ text, roles: JSON.stringify(Properties.Roles) }] : [];
    });
    expect(statements).toHaveLength(1);
    expect(statements[0]?.roles).toBe(JSON.stringify([stack.resolve(agent.proxy.task.role.roleName)]));
    expect(statements[0]?.text).toContain(`{"Action":"ssm:GetParameter","Effect":"Allow","Resource":${arn}}`);
    expect(statements[0]?.text.match(/ssm:/g)).toHaveLength(2); // the action, and the ARN
  });

  test('leaves the agent proved closed, and who else may read it is said', () => {
    expect(notClosed(template)).toEqual([]);
    expect(JSON.stringify(agent.proxy.task.secrets.parameters['anthropic-key']?.node.metadata)).toContain(
      'Test/Key: a parameter takes no resource policy, so whoever may read it still may',
    );
  });
});

test('where there is no internet the proxy reads it by an endpoint that allows that one call, of that one parameter', () => {
  const policy = definePolicy({
    policy: 1,
    name: 'inside',
    upstreams: [
      {
        host: 'models.corp.example',
        addresses: ['10.1.0.0/16'],
        credential: { header: 'x-api-key', secret: 'anthropic-key' },
        rules: ['POST /v1/messages'],
      },
    ],
  });
  const { stack } = withParameter(secure, { policy });
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
    ServiceName: { 'Fn::Join': ['', Match.arrayWith(['.ssm'])] },
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'ssm:GetParameter', Effect: 'Allow' })]) },
  });
  expect(notClosed(template)).toEqual([]);
});

test.each([
  [
    'that the template makes',
    (stack: Stack) => new StringParameter(stack, 'Key', { stringValue: 'in-plain-text' }),
    /^parameters\.anthropic-key: expected a parameter that exists already, got one that is made here, whose value the template shows; .*\[secret-in-plain-text\]$/,
  ],
  [
    'that is no SecureString',
    (stack: Stack) => StringParameter.fromStringParameterName(stack, 'Key', '/agents/anthropic-key'),
    /^parameters\.anthropic-key: expected a SecureString, got String, which is kept in plain text; .*\[parameter-not-secure\]$/,
  ],
])('refuses a parameter %s', (_, make, message) => {
  expect(() => withParameter(make)).toThrow(message);
});

test('refuses a name that the policy doesn’t have, and one that is a secret too', () => {
  const other = (stack: Stack) => ({ 'anthropc-key': secure(stack) });
  const stack = new Stack(new App(), 'Other');
  expect(() => withParameter(secure, { parameters: other(stack) })).toThrow(
    'parameters: expected only names the policy uses (anthropic-key), got "anthropc-key" [secret-not-in-policy]',
  );
  const secrets = { 'anthropic-key': Secret.fromSecretNameV2(stack, 'Secret', 'key') };
  expect(() => withParameter(secure, { secrets })).toThrow(
    'parameters: expected each name once, got "anthropic-key" among the secrets too; leave one out [secret-named-twice]',
  );
});
