import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { PinnedImage, SecureAgent, type SecureAgentProps } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';

export const DIGEST = `sha256:${'a'.repeat(64)}`;

export const POLICY = definePolicy({
  policy: 1,
  name: 'coder',
  upstreams: [
    {
      host: 'api.anthropic.com',
      prefix: '/anthropic',
      credential: { header: 'x-api-key', secret: 'anthropic-key' },
      rules: ['POST /v1/messages'],
    },
    { host: 'packages.example.com', tls: 'passthrough' },
  ],
});

/** A stack with one agent, before it is synthesized; without the library's own validator, which takes seconds. */
export function agentStack(props: Partial<SecureAgentProps> = {}): { stack: Stack; agent: SecureAgent } {
  const app = new App({ builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Test');
  const repository = Repository.fromRepositoryName(stack, 'Repository', 'agent');
  const image = PinnedImage.fromEcrRepository(repository, DIGEST);
  return { stack, agent: new SecureAgent(stack, 'Agent', { policy: POLICY, image, ...props }) };
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A resource of a template; tests read what they name. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, Json>>;
}

/** The resources of one type. */
export function resourcesOf(template: Template, type: string): Resource[] {
  // The library types a template loosely; its resources have this shape by CloudFormation's own definition.
  return Object.values(template.findResources(type)) as Resource[];
}

/** The container named `name`, of whichever task definition has it. */
export function container(template: Template, name: string): Readonly<Record<string, Json>> {
  for (const { Properties } of resourcesOf(template, 'AWS::ECS::TaskDefinition')) {
    const found = asList(Properties.ContainerDefinitions)
      .map(asObject)
      .find((one) => one.Name === name);
    if (found) return found;
  }
  throw new Error(`no container ${name}`);
}

export function asList(value: Json | undefined): Json[] {
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value;
}

export function asObject(value: Json | undefined): Readonly<Record<string, Json>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected an object');
  return value;
}

/** Text of the keeper container's environment variable that carries the compiled files. */
export function carriedFiles(template: Template): string {
  const found = asList(container(template, 'keeper').Environment)
    .map(asObject)
    .find((one) => one.Name === 'ANCHORHOLD_FILES');
  if (typeof found?.Value !== 'string') throw new Error('no ANCHORHOLD_FILES');
  return found.Value;
}
