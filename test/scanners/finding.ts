/** What a scanner says of one resource. */
export interface Finding {
  /** The scanner's id of the rule. */
  readonly rule: string;
  /** The example whose template has the resource. */
  readonly example: string;
  /** The resource's name in the template, without the hash that CDK adds. */
  readonly resource: string;
}

/** A finding that stays, and why. */
export interface Accepted {
  readonly rule: string;
  /** The resources it is accepted of; of any other it is a finding. */
  readonly of: RegExp;
  readonly reason: string;
}

/** What isn't in the list, and what of the list isn't found any more; both empty when the list is exact. */
export function compare(
  found: readonly Finding[],
  accepted: readonly Accepted[],
): { readonly unexplained: readonly string[]; readonly gone: readonly string[] } {
  const explains = (one: Accepted) => (finding: Finding) => finding.rule === one.rule && one.of.test(finding.resource);
  const unexplained = found.filter((finding) => !accepted.some((one) => explains(one)(finding)));
  const gone = accepted.filter((one) => !found.some(explains(one)));
  return {
    unexplained: unexplained.map(({ rule, example, resource }) => `${example}: ${rule} of ${resource}`),
    gone: gone.map(({ rule, of }) => `${rule} of ${String(of)}`),
  };
}

/** The exact list: nothing beyond it, and nothing in it that is gone. */
export const EXACT = { unexplained: [], gone: [] };

/** A logical id without CDK's hash. */
export function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
