import type { ProofProblem } from './report';
import type { JsonObject } from './template';
import type { Truth, Unknown, Value, ValueObject } from './value';

/** A resource as a Terraform document holds it, evaluated as far as it can be. */
export interface TerraformResource {
  /** Its address, without what stands before it in reports. */
  readonly address: string;
  readonly type: string;
  readonly properties: ValueObject;
  readonly raw: JsonObject;
  readonly exists: Truth;
  readonly unread: Unknown | undefined;
}

/** What one document holds. */
export interface TerraformDocument {
  readonly prefix: string;
  readonly resources: readonly TerraformResource[];
  /** Data sources of `aws_iam_policy_document`: texts that are written out here and that nothing but their parts decides. */
  readonly policies: readonly TerraformResource[];
  /** Parts that can't be read from it: modules without their text, a plan that isn't whole. */
  readonly unread: readonly { readonly id: string; readonly by: string; readonly truth: Unknown }[];
}

export type Read = TerraformDocument | ProofProblem;

/** Attributes that follow from what is written: synthesized JSON and plan then name the same thing alike. */
export function derived(type: string, attribute: string, of: (name: string) => Value | undefined): string | undefined {
  if (type !== 'google_service_account') return undefined;
  const [account, project] = [of('account_id'), of('project')];
  if (typeof account !== 'string' || typeof project !== 'string') return undefined;
  const email = `${account}@${project}.iam.gserviceaccount.com`;
  if (attribute === 'email') return email;
  return attribute === 'member' ? `serviceAccount:${email}` : undefined;
}

/** Without settings that are absent: Terraform writes them as null. */
export function present(entries: readonly (readonly [string, Value])[]): ValueObject {
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
