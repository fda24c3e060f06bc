import type { Fields } from './fields';
import type { Rule } from './policy';
import { show } from './problem';

/** Hosts where every customer answers under one name: a rule must say whose, `at` a segment, below a fixed first one if `below`. */
const SHARED: readonly { readonly host: RegExp; readonly at: number; readonly below?: string }[] = [
  { host: /^api\.github\.com$/, at: 1, below: 'repos' },
  {
    host: /^(?:[a-z0-9-]+\.)*(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|huggingface\.co)$/,
    at: 0,
  },
  { host: /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/, at: 0 },
  { host: /^storage\.googleapis\.com$/, at: 0 },
];

/** A secret goes only where a rule says what is asked with it, and on a shared host, of whom (C-07). */
export function judgeReach(fields: Fields, host: string, rules: readonly Rule[]): void {
  if (!fields.has('credential')) return;
  const where = fields.at(fields.has('git') ? 'repositories' : 'rules');
  if (rules.some(({ id }) => id === 'any')) {
    const mend = 'list what may be asked with the secret';
    fields.findings.add('credential-without-rules', where, 'rules beside a credential', '`any`', mend);
    return;
  }
  const shared = SHARED.find((known) => known.host.test(host));
  if (shared === undefined) return;
  for (const rule of rules.filter((one) => admitsEveryTenant(one, shared))) {
    const mend = 'begin the path with your own account, repository or bucket';
    fields.findings.add('tenant-open', where, `a rule that names the tenant on ${host}`, show(rule.id), mend);
  }
}

function admitsEveryTenant(rule: Rule, shared: { readonly at: number; readonly below?: string }): boolean {
  const open = (index: number) => {
    const segment = rule.path.segments[index];
    return segment === undefined ? rule.path.rest : !('literal' in segment);
  };
  if (shared.below === undefined) return open(shared.at);
  const first = rule.path.segments[0];
  const reaches = open(0) || (first !== undefined && 'literal' in first && first.literal === shared.below);
  return reaches && open(shared.at);
}
