import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { TerraformStack, Testing } from 'cdktf';
import { filesOfUserData, PinnedImage, pinProvider, SecureAgent, type SecureAgentProps } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const IMAGE = `europe-west1-docker.pkg.dev/acme-agents/agents/coder@${DIGEST}`;

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

/** A stack with a provider and nothing else. */
export function emptyStack(): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'test');
  new GoogleProvider(stack, 'google', { project: 'acme-agents', region: 'europe-west1' });
  pinProvider(stack);
  return stack;
}

/** A stack with one agent, before it is synthesized. */
export function agentStack(props: Partial<SecureAgentProps> = {}): { stack: TerraformStack; agent: SecureAgent } {
  const stack = emptyStack();
  const image = PinnedImage.fromRegistry(IMAGE);
  return { stack, agent: new SecureAgent(stack, 'Agent', { policy: POLICY, image, ...props }) };
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Resource = Readonly<Record<string, Json>>;

/** What `cdk.tf.json` holds; tests read what they name. */
export interface Template {
  readonly terraform: { readonly required_providers: Readonly<Record<string, Json>> };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}

/** Synthesizes with every check. */
export function synth(stack: TerraformStack): Template {
  // The library gives text; its shape is Terraform's own.
  return JSON.parse(Testing.synth(stack, true)) as Template;
}

/** The resources of one type, without `google_`. */
export function resourcesOf(template: Template, type: string): Resource[] {
  return Object.values(template.resource[`google_${type}`] ?? {});
}

/** The one resource of a type whose name is this. */
export function named(template: Template, type: string, name: string): Resource {
  const found = resourcesOf(template, type).find((resource) => resource.name === name);
  if (!found) throw new Error(`no ${type} ${name}`);
  return found;
}

/** The files the proxy's machines start with. */
export function carriedFiles(template: Template): Readonly<Record<string, string>> {
  const [machine] = resourcesOf(template, 'compute_region_instance_template');
  const userData = at(machine, 'metadata', 'user-data');
  if (typeof userData !== 'string') throw new Error('no user-data');
  return filesOfUserData(userData);
}

/** The value below keys and indexes. */
export function at(value: Json | Resource | undefined, ...keys: readonly (string | number)[]): Json | undefined {
  let found: Json | Resource | undefined = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string | number, Json>>)[key]; // a list is read by its index alike
  }
  return found as Json | undefined; // what is inside a resource is JSON
}

/** What a failing call says. */
export function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}
