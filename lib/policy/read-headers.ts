import { Fields } from './fields';
import { isCredentialHeader, isHeaderName, isReservedHeader } from './header-name';
import { childPath } from './plain-data';
import type { Credential, HeaderPattern, InterceptUpstream } from './policy';
import { show, type Findings } from './problem';

/** `headers` of an entry: what is refused and what is set, in lower case and sorted. */
export function readHeaders(fields: Fields, credential: Credential | undefined): InterceptUpstream['headers'] {
  const headers = fields.has('headers')
    ? Fields.read(fields.raw('headers'), fields.at('headers'), ['deny', 'set'], fields.findings)
    : undefined;
  if (headers === undefined) return { deny: [], set: {} };
  const deny = headers
    .texts('deny', 'x-tenant')
    .map((text, index) => readPattern(text, childPath(headers.at('deny'), index), headers.findings));
  return { deny, set: readSet(headers, credential) };
}

/** `name`, or `name: value`. */
function readPattern(text: string, where: string, findings: Findings): HeaderPattern {
  const colon = text.indexOf(':');
  const name = (colon === -1 ? text : text.slice(0, colon)).toLowerCase();
  judgeName(name, where, findings);
  if (colon === -1) return { name };
  const value = text
    .slice(colon + 1)
    .trim()
    .toLowerCase();
  if (!/^[\x20-\x2b\x2d-\x7e]+$/.test(value)) {
    const mend = 'each item between commas is compared alone; leave the colon out to refuse every value';
    findings.add('header-value', where, 'a value of printable ASCII without ","', show(value), mend);
  }
  // Any value is what the bare name says.
  return /^\*+$/.test(value) ? { name } : { name, value: value.replace(/\*+/g, '*') };
}

function readSet(headers: Fields, credential: Credential | undefined): Readonly<Record<string, string>> {
  const set = new Map<string, string>();
  for (const [written, text] of Object.entries(headers.mapping('set'))) {
    const where = childPath(headers.at('set'), written);
    const name = written.toLowerCase();
    judgeName(name, where, headers.findings);
    if (isCredentialHeader(name) || (credential?.kind === 'header' && credential.header === name)) {
      const mend = 'use `credential`, which names a secret';
      headers.findings.add('header-reserved', where, 'a header that proves nothing', show(written), mend);
    }
    if (set.has(name)) {
      headers.findings.add('duplicate-key', where, 'each header once', 'one that differs only in case', 'remove it');
    }
    // `%` would be read as one of Envoy's own commands.
    if (!/^[\x20-\x24\x26-\x7e]*$/.test(text)) {
      const got = `a value of ${text.length} characters`;
      headers.findings.add('header-value', where, 'printable ASCII without "%"', got, 'remove the other characters');
    }
    set.set(name, text);
  }
  return Object.fromEntries([...set].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function judgeName(name: string, where: string, findings: Findings): void {
  if (!isHeaderName(name)) {
    const mend = 'letters, digits and "-"; some servers read "_" as "-"';
    findings.add('header-name', where, 'a header name such as "x-tenant"', show(name), mend);
  } else if (isReservedHeader(name)) {
    const mend = 'the proxy itself judges and writes it';
    findings.add(
      'header-reserved',
      where,
      "a header that is neither the connection's nor the proxy's",
      show(name),
      mend,
    );
  }
}
