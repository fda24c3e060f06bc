import { Fields } from './fields';
import { normalise, type Written } from './normalise';
import { readText } from './parse-document';
import { childPath, plainCopy } from './plain-data';
import type { Policy } from './policy';
import { Findings, PolicyError, show, type Problem } from './problem';
import { DEFAULT_LIMITS, readLimits } from './read-limits';
import { readUpstream } from './read-upstream';

const MAX_UPSTREAMS = 5000;
/** A cloud resource's name with room for a suffix; AWS keeps `sg-` for itself, Google `goog`. */
const NAME = /^(?!sg-|goog)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** What a check found: every problem, and the policy when there is none. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly policy?: Policy;
}

/** Checks a document (its text, or the value) and returns all its problems at once. Never throws for bad input. */
export function checkPolicy(input: unknown): Checked {
  const findings = new Findings();
  const value = typeof input === 'string' ? readText(input, findings) : input;
  const policy = findings.problems.length > 0 ? undefined : readValue(value, findings);
  return findings.problems.length > 0 || policy === undefined
    ? { problems: findings.problems }
    : { problems: [], policy };
}

/**
 * The checked, normalised policy of a document.
 * @throws PolicyError with every problem found.
 */
export function definePolicy(input: unknown): Policy {
  const { problems, policy } = checkPolicy(input);
  if (policy === undefined) throw new PolicyError(problems);
  return policy;
}

function readValue(value: unknown, findings: Findings): Policy | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.add(
      'not-a-document',
      'policy document',
      'a mapping with policy, name and upstreams',
      show(value ?? undefined),
      'see docs/policy-language.md',
    );
    return undefined;
  }
  const plain = plainCopy(value, findings);
  return typeof plain === 'object' ? readPolicy(plain, findings) : undefined;
}

function readPolicy(value: unknown, findings: Findings): Policy | undefined {
  const fields = Fields.read(value, 'policy document', ['policy', 'name', 'upstreams', 'limits'], findings);
  if (fields === undefined) return undefined;
  if (fields.raw('policy') !== 1)
    findings.add('version-unknown', fields.at('policy'), '1', show(fields.raw('policy')), 'write `policy: 1`');
  const name = fields.text('name', 'coder');
  if (name !== undefined && !NAME.test(name))
    findings.add(
      'name-invalid',
      fields.at('name'),
      'lower-case letters, digits and "-", beginning with a letter but not with "sg-" or "goog", at most 32',
      show(name),
      'it becomes part of the names of cloud resources',
    );
  const limits = readLimits(fields.raw('limits'), fields.at('limits'), DEFAULT_LIMITS, findings);
  const entries = fields.raw('upstreams');
  if (!Array.isArray(entries)) {
    findings.add(
      entries === undefined ? 'missing-field' : 'wrong-type',
      fields.at('upstreams'),
      'a list of upstreams',
      show(entries),
      '`[]` refuses everything',
    );
    return undefined;
  }
  if (entries.length > MAX_UPSTREAMS) {
    findings.add(
      'too-many-upstreams',
      fields.at('upstreams'),
      'at most 5,000',
      String(entries.length),
      'split the policy',
    );
    return undefined;
  }
  const written = entries.flatMap((entry: unknown, index): Written[] => {
    const where = childPath(fields.at('upstreams'), index);
    const upstream = readUpstream(entry, where, limits, findings);
    return upstream === undefined ? [] : [{ upstream, where }];
  });
  return normalise(name ?? '', written, findings);
}
