import { prove, type ProveOptions, type Report } from '../../../lib/proof';
import { agentStack, synth } from '../../gcp/stack';
import type { SecureAgentProps } from '../../../lib/gcp';

export type Raw = Record<string, unknown>;
/** Resources of a Terraform document by type and name. */
export type Resources = Record<string, Record<string, Raw>>;

/** What `cdk.tf.json` of our reference stack holds, to be changed. */
export function referenceResources(props: Partial<SecureAgentProps> = {}): Resources {
  // A copy: the caller changes it.
  return structuredClone(synth(agentStack(props).stack).resource) as unknown as Resources;
}

export function judged(resource: Resources, options: ProveOptions = {}, sections: Raw = {}): Report {
  const provider = { google: [{ project: 'acme-agents', region: 'europe-west1' }] };
  return prove([{ name: 'stack', document: { provider, resource, ...sections } }], options);
}

/** The body of the one resource of a type whose JSON holds a text. */
export function body(resources: Resources, type: string, holding = ''): Raw {
  const [, found] = entry(resources, type, holding);
  return found;
}

/** The name and the body. */
export function entry(resources: Resources, type: string, holding = ''): readonly [string, Raw] {
  const found = Object.entries(resources[`google_${type}`] ?? {}).filter(([name, one]) =>
    `${name}${JSON.stringify(one)}`.includes(holding),
  );
  const [only, second] = found;
  if (!only || second) throw new Error(`expected one google_${type} with ${holding}, got ${found.length}`);
  return only;
}

/** `${type.name.attribute}` of it. */
export function reference(resources: Resources, type: string, holding: string, attribute = 'id'): string {
  return `\${google_${type}.${entry(resources, type, holding)[0]}.${attribute}}`;
}

export function add(resources: Resources, type: string, name: string, settings: Raw): void {
  resources[`google_${type}`] = { ...resources[`google_${type}`], [name]: { project: 'acme-agents', ...settings } };
}

export function remove(resources: Resources, type: string, holding: string): void {
  delete resources[`google_${type}`]?.[entry(resources, type, holding)[0]];
}

/** Where a job's containers, account and network stand. */
export function run(resources: Resources): Raw {
  return (body(resources, 'cloud_run_v2_job').template as { template: Raw }).template;
}

export const agentNetwork = (resources: Resources) => reference(resources, 'compute_network', '"coder-agent"');
export const proxyNetwork = (resources: Resources) => reference(resources, 'compute_network', '"coder-proxy"');
export const agentAccount = (resources: Resources) =>
  reference(resources, 'service_account', 'no role anywhere', 'email');
export const proxyAccount = (resources: Resources) => reference(resources, 'service_account', 'Egress proxy', 'email');
