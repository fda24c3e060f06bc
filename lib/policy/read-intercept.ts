import { Fields } from './fields';
import { childPath } from './plain-data';
import type { InterceptUpstream, Rule, UpstreamBase } from './policy';
import { show } from './problem';
import { readCredential } from './read-credential';
import { readRepositories } from './read-git';
import { readHeaders } from './read-headers';
import { ANY_RULE, readRule } from './read-rule';
import { isStoreName } from './secret-name';
import { judgeReach } from './tenant';

/** Of one upstream: comparing rules with each other takes their square. */
export const MAX_RULES = 1000;

/** What an intercepted entry says beside its host, or undefined with problems. */
export function readIntercept(fields: Fields, base: UpstreamBase): InterceptUpstream | undefined {
  const rules = fields.has('git') ? readRepositories(fields) : readRules(fields);
  const credential = fields.has('credential')
    ? readCredential(fields.raw('credential'), fields.at('credential'), base.host, fields.findings)
    : undefined;
  const agentCredentials = readAgentCredentials(fields);
  judgeReach(fields, base.host, rules);
  const prefix = readPrefix(fields);
  const ca = readAuthority(fields);
  const headers = readHeaders(fields, credential);
  const websocket = fields.flag('websocket', false);
  const scrub = readScrub(fields, credential !== undefined);
  if (rules.length === 0) return undefined;
  return {
    ...base,
    tls: 'intercept',
    ...(prefix === undefined ? {} : { prefix }),
    rules,
    ...(credential === undefined ? {} : { credential }),
    agentCredentials,
    headers,
    ...(ca === undefined ? {} : { ca }),
    websocket,
    scrub,
  };
}

function readRules(fields: Fields): readonly Rule[] {
  const value = fields.raw('rules');
  if (value === 'any') return [ANY_RULE];
  if (!Array.isArray(value) || value.length === 0) {
    fields.findings.add(
      'rules-missing',
      fields.at('rules'),
      'a list of rules such as "POST /v1/messages", or `any`',
      show(value),
      'say what may be asked; `any` must be written out',
    );
    return [];
  }
  if (value.length > MAX_RULES) {
    const mend = 'widen some with `*` or `/**`';
    fields.findings.add('out-of-range', fields.at('rules'), `at most ${MAX_RULES} rules`, String(value.length), mend);
    return [];
  }
  return value.flatMap((item: unknown, index) => {
    const rule = readRule(item, childPath(fields.at('rules'), index), fields.findings);
    return rule === undefined ? [] : [rule];
  });
}

function readAgentCredentials(fields: Fields): 'strip' | 'keep' {
  const keep = fields.raw('agentCredentials');
  if (keep !== undefined && keep !== 'strip' && keep !== 'keep') {
    const mend = '"strip" unless the agent has a credential of its own';
    fields.findings.add('wrong-type', fields.at('agentCredentials'), '"strip" or "keep"', show(keep), mend);
  }
  if (keep === 'keep' && fields.has('credential')) {
    const mend = 'two credentials on one request let the agent choose; remove one of them';
    fields.findings.add(
      'keep-with-credential',
      fields.at('agentCredentials'),
      '"strip" beside a credential',
      '"keep"',
      mend,
    );
  }
  return keep === 'keep' ? 'keep' : 'strip';
}

function readPrefix(fields: Fields): string | undefined {
  const prefix = fields.optionalText('prefix', '/anthropic');
  if (prefix === undefined || /^(?:\/[a-z0-9][a-z0-9._-]*)+$/.test(prefix)) return prefix;
  const mend = 'lower case, no trailing slash';
  fields.findings.add('prefix-form', fields.at('prefix'), 'a plain path such as "/anthropic"', show(prefix), mend);
  return undefined;
}

function readAuthority(fields: Fields): string | undefined {
  const ca = fields.optionalText('ca', 'internal');
  if (ca === undefined || (isStoreName(ca) && ca !== 'public')) return ca;
  const expected = 'the name of an authority: lower-case letters, digits and "-", at most 63';
  const mend = 'leave it out for the public roots';
  fields.findings.add('name-invalid', fields.at('ca'), expected, show(ca), mend);
  return undefined;
}

function readScrub(fields: Fields, otherwise: boolean): boolean {
  if (!fields.has('response')) return otherwise;
  const response = Fields.read(fields.raw('response'), fields.at('response'), ['scrub'], fields.findings);
  const scrub = response?.flag('scrub', otherwise) ?? otherwise;
  // Without a credential there is nothing to mask: one meaning, one normal form.
  return scrub && otherwise;
}
