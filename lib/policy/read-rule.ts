import { ANY_METHODS, ORDINARY_QUERY, SEGMENT_CLASS, CREDENTIAL_QUERY_KEY } from './alphabet';
import { pathText } from './path-pattern';
import type { PathPattern, PathSegment, Rule } from './policy';
import { nearest, show, type Findings } from './problem';

const FORM = 'a rule such as "POST /v1/messages" or "GET,HEAD /v1/models/*"';
const SEGMENT = new RegExp(`^${SEGMENT_CLASS}+$`);
const QUERY = new RegExp(`^${ORDINARY_QUERY}$`);
const CREDENTIAL_KEY = new RegExp(`(?:^|&)${CREDENTIAL_QUERY_KEY}(?:=|&|$)`, 'i');
const METHODS: readonly string[] = ANY_METHODS;

/** Every method and path: what `rules: any` means. */
export const ANY_RULE: Rule = {
  id: 'any',
  methods: 'any',
  path: { segments: [], rest: true, trailingSlash: false },
  query: 'ordinary',
};

/** One line of `rules`, or undefined with a problem. */
export function readRule(item: unknown, where: string, findings: Findings): Rule | undefined {
  const match = typeof item === 'string' ? /^([^\s]+) +(\/[^\s]*)$/.exec(item) : null;
  if (match === null) {
    // What follows a `?` may be a key that was copied along.
    const got = show(typeof item === 'string' ? item.replace(/\?.*/s, '?…') : item);
    findings.add('rule-form', where, FORM, got, 'one method list, one space, one path that begins with "/"');
    return undefined;
  }
  const methods = readMethods(match[1] ?? '', where, findings);
  const target = match[2] ?? '';
  const mark = target.indexOf('?');
  const path = readPath(mark === -1 ? target : target.slice(0, mark), where, findings);
  const query = readQuery(mark === -1 ? undefined : target.slice(mark + 1), where, findings);
  if (methods === undefined || path === undefined || query === undefined) return undefined;
  return makeRule(methods, path, query);
}

/** A rule with its canonical id. */
function makeRule(methods: readonly string[], path: PathPattern, query: Rule['query']): Rule {
  // All that `any` allows is `any`, however it is written.
  if (path.rest && path.segments.length === 0 && query === 'ordinary' && methods.length === METHODS.length)
    return ANY_RULE;
  const tail = query === 'ordinary' ? '' : `?${query.exact}`;
  return { id: `${methods.join(',')} ${pathText(path)}${tail}`, methods, path, query };
}

function readMethods(text: string, where: string, findings: Findings): readonly string[] | undefined {
  const names = text.split(',');
  const wrong = names.filter((name) => !METHODS.includes(name));
  for (const name of wrong) {
    const near = nearest(name, METHODS);
    const mend = near === undefined ? 'CONNECT, TRACE and others are never forwarded' : `did you mean ${near}?`;
    findings.add('rule-method', where, `methods among ${METHODS.join(', ')}`, show(name), mend);
  }
  return wrong.length > 0 ? undefined : [...new Set(names)].sort();
}

/** The path of a rule, or undefined with a problem. */
export function readPath(text: string, where: string, findings: Findings): PathPattern | undefined {
  const rest = text.endsWith('/**');
  const body = rest ? text.slice(0, -3) : text;
  const parts = body.split('/').slice(1);
  const trailingSlash = !rest && parts.length > 0 && parts.at(-1) === '';
  if (trailingSlash) parts.pop();
  const segments: PathSegment[] = [];
  for (const part of parts) {
    if (part === '*') segments.push({ wildcard: true });
    else if (SEGMENT.test(part) && !part.includes('*') && part !== '.' && part !== '..')
      segments.push({ literal: part });
    else {
      findings.add(
        'rule-path',
        where,
        'path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone',
        show(part),
        'no empty, dotted, escaped or half-wild segment: two parsers read them differently',
      );
      return undefined;
    }
  }
  return { segments, rest, trailingSlash };
}

function readQuery(text: string | undefined, where: string, findings: Findings): Rule['query'] | undefined {
  if (text === undefined) return 'ordinary';
  if (text !== '' && !QUERY.test(text)) {
    findings.add(
      'rule-query',
      where,
      'a query of key=value pairs, keys of letters, digits and ._~-',
      `${text.length} characters, not shown`,
      'write it as the client sends it',
    );
    return undefined;
  }
  if (CREDENTIAL_KEY.test(text)) {
    findings.add(
      'rule-unreachable',
      where,
      'a query without credentials',
      'a key that looks like a credential',
      'such a request is refused before rules are read; let the proxy send the credential',
    );
    return undefined;
  }
  return { exact: text };
}
