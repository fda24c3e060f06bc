import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { type App, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import { EnvoyImage } from './envoy-image';
import { PinnedImage } from './pinned-image';
import { PROVIDER_RANGE } from './provider-range';
import { SecureAgent, type SecureAgentProps } from './secure-agent';

/** What is fixed in a module; all else is its variables. */
export type AgentModuleProps = Pick<
  SecureAgentProps,
  'policy' | 'name' | 'kind' | 'topology' | 'trust' | 'authorities' | 'command' | 'deletionProtection'
>;

/** Moved blocks and `can()` in validations: Terraform 1.5, and every OpenTofu. */
const REQUIRED_VERSION = '>= 1.5.0';

/**
 * The text of `main.tf.json`: a plain Terraform module of one agent under one policy, for those who use no CDK. Its
 * variables: `project`, `region`, `agent_image`, `envoy_image`, `keeper_image`. Without provider, backend and lock file: those
 * are the root module's. `app` is used for the synthesis and left alone.
 */
export function agentModule(app: App, props: AgentModuleProps): string {
  const stack = new TerraformStack(app, 'module');
  // The library refuses a stack without one; it is taken out again below.
  new GoogleProvider(stack, 'google', {});
  const location = {
    project: variable(stack, 'project', 'Id of the project').stringValue,
    region: variable(stack, 'region', 'Region of everything, e.g. europe-west1').stringValue,
  };
  const agent = new SecureAgent(stack, 'agent', {
    ...props,
    location,
    image: PinnedImage.fromVariable(variable(stack, 'agent_image', "The agent's image, by digest")),
    envoy: EnvoyImage.fromVariable(variable(stack, 'envoy_image', 'Envoy 1.40 or newer, by tag and digest')),
    keeper: PinnedImage.fromVariable(variable(stack, 'keeper_image', "The keeper's image, by digest")),
  });
  output(stack, 'window_address', agent.window.address, 'The one address an agent may reach');
  output(stack, 'agent_account', agent.workload.account.email, "The agent's account, which has no role");
  output(stack, 'proxy_account', agent.proxy.identity.account.email, "The proxy's account, the secrets' only reader");
  const { authoritySeed, byName } = agent.proxy.secrets;
  output(stack, 'secrets', { ...byName, 'authority-seed': authoritySeed }, 'Secrets to put values into, by name');
  stack.prepareStack();
  stack.runAllValidations();
  return `${JSON.stringify(plain(stack.toTerraform()), undefined, 2)}\n`;
}

function variable(stack: TerraformStack, name: string, description: string): TerraformVariable {
  const made = new TerraformVariable(stack, `var-${name}`, { type: 'string', description, nullable: false });
  made.overrideLogicalId(name);
  return made;
}

function output(stack: TerraformStack, name: string, value: unknown, description: string): void {
  new TerraformOutput(stack, `out-${name}`, { value, description }).overrideLogicalId(name);
}

/** Without what belongs to a root module, and without the library's own notes. */
function plain(config: Record<string, unknown>): unknown {
  const kept = Object.entries(config).filter(([key]) => key !== 'provider' && key !== 'terraform');
  const versions = { required_version: REQUIRED_VERSION, required_providers: { google: PROVIDER_RANGE } };
  return withoutNotes({ terraform: versions, ...Object.fromEntries(kept) });
}

function withoutNotes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== '//');
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNotes(inner)]));
}
