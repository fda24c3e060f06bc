import { ANY_METHODS, CREDENTIAL_QUERY_KEY, ORDINARY_QUERY, SEGMENT_CLASS } from './alphabet';
import { compareText } from './digest';
import { pathText } from './path-pattern';
import type { PathPattern, PathSegment, Rule } from './policy';
import { nearest, show, type Findings } from './problem';

/** One method of one pattern: what rules are taken apart into, so that the way they were grouped leaves no trace. */
export interface RuleAtom {
  readonly method: string;
  readonly path: PathPattern;
  readonly query: Rule['query'];
  readonly branches?: readonly string[];
}

const SEGMENT = new RegExp(`^${SEGMENT_CLASS}+$`);
const QUERY = new RegExp(`^(?:${ORDINARY_QUERY})?$`);
const CREDENTIAL_KEY = new RegExp(`^${CREDENTIAL_QUERY_KEY}$`, 'i');
const EVERYTHING: PathPattern = { segments: [], rest: true, trailingSlash: false };

/** `any`, taken apart. */
export function anyAtoms(): RuleAtom[] {
  return ANY_METHODS.map((method) => ({ method, path: EVERYTHING, query: 'ordinary' }));
}

/** Reads `METHOD[,METHOD] PATH[?QUERY]`; an empty list when a problem was recorded. */
export function parseRule(text: string, where: string, keyedQueries: boolean, findings: Findings): RuleAtom[] {
  const match = /^(\S+) +(\S+)$/.exec(text);
  if (match === null || !(match[2] ?? '').startsWith('/')) {
    findings.add(
      'rule-form',
      where,
      '"METHOD[,METHOD] PATH[?QUERY]"',
      show(text),
      'for example "GET,HEAD /v1/models/*"; the path starts with "/"',
    );
    return [];
  }
  const [, methods = '', target = ''] = match;
  const mark = target.indexOf('?');
  const known = parseMethods(methods, where, findings);
  const path = parsePath(mark === -1 ? target : target.slice(0, mark), where, findings);
  const query = mark === -1 ? 'ordinary' : parseQuery(target.slice(mark + 1), where, keyedQueries, findings);
  if (path === undefined || query === undefined) return [];
  return known.map((method) => ({ method, path, query }));
}

function parseMethods(text: string, where: string, findings: Findings): string[] {
  const known: readonly string[] = ANY_METHODS;
  const methods = text.split(',');
  for (const method of methods) {
    if (known.includes(method)) continue;
    const near = nearest(method, known);
    const mend =
      near === undefined ? 'name each method; a rule without restriction is "any"' : `did you mean ${show(near)}?`;
    findings.add('rule-method', where, `one of ${known.join(', ')}`, show(method), mend);
  }
  return methods.filter((method) => known.includes(method));
}

/** Reads a path pattern; undefined when a problem was recorded. */
export function parsePath(text: string, where: string, findings: Findings): PathPattern | undefined {
  if (text.length > 2048) {
    findings.add('out-of-range', where, 'a path of at most 2048 characters', `${text.length} characters`);
    return undefined;
  }
  if (text === '/') return { segments: [], rest: false, trailingSlash: true };
  const parts = text.slice(1).split('/');
  const rest = parts.at(-1) === '**';
  const trailingSlash = parts.at(-1) === '';
  if (rest || trailingSlash) parts.pop();
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    findings.add(
      'rule-unreachable',
      where,
      'a path as it is judged',
      show(text),
      'a request with "//", "/./" or "/../" is refused before rules are read',
    );
    return undefined;
  }
  const segments = parts.map((part) => parseSegment(part, where, findings));
  return segments.every((segment) => segment !== undefined) ? { segments, rest, trailingSlash } : undefined;
}

function parseSegment(text: string, where: string, findings: Findings): PathSegment | undefined {
  if (text === '*') return { wildcard: true };
  if (text.includes('*')) {
    findings.add(
      'rule-path',
      where,
      '"*" as a whole segment, or "/**" at the end',
      show(text),
      "a part of a segment can't be a wildcard",
    );
    return undefined;
  }
  if (text.includes('%')) {
    findings.add(
      'rule-unreachable',
      where,
      'a path without "%"',
      show(text),
      'a request with an escape in its path is refused, as two parsers could read it differently; use the unescaped form, or passthrough',
    );
    return undefined;
  }
  if (SEGMENT.test(text)) return { literal: text };
  findings.add(
    'rule-path',
    where,
    'letters, digits and -._~!$&()+,=:@ in a segment',
    show(text),
    'a rule is no regular expression, and anything else is refused in a request',
  );
  return undefined;
}

function parseQuery(text: string, where: string, keyed: boolean, findings: Findings): Rule['query'] | undefined {
  if (!QUERY.test(text) || text.includes('*')) {
    findings.add(
      'rule-query',
      where,
      '"key=value" joined by "&", in the characters of an ordinary query',
      show(text),
      'a query is pinned as it stands, without wildcards; leave it out to accept any ordinary query',
    );
    return undefined;
  }
  if (!keyed && text.split('&').some((pair) => CREDENTIAL_KEY.test(pair.split('=', 1)[0] ?? ''))) {
    findings.add(
      'rule-unreachable',
      where,
      'a query without a credential',
      'a key named like one',
      'a query that carries a key or a signature is refused; use "credential"',
    );
    return undefined;
  }
  return { exact: text };
}

/** Canonical text of a rule that is not git's, as it can be written in a policy. */
export function ruleText(rule: Pick<Rule, 'methods' | 'path' | 'query'>): string {
  if (rule.methods === 'any') return 'any';
  return `${[...rule.methods].sort(compareText).join(',')} ${pathText(rule.path)}${rule.query === 'ordinary' ? '' : `?${rule.query.exact}`}`;
}
