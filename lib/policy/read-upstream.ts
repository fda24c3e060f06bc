import { readAddresses } from './read-addresses';
import { Fields } from './fields';
import { readHost } from './read-host';
import { childPath } from './plain-data';
import type { HeaderPattern, InterceptUpstream, Limits, Rule, Upstream, UpstreamBase } from './policy';
import { expandPreset } from './preset';
import { show, type Findings } from './problem';
import { readCredential, RESERVED_HEADERS } from './read-credential';
import { readRepositories } from './read-git';
import { readLimits } from './read-limits';
import { ANY_RULE, readRule } from './read-rule';

const SHARED = ['port', 'prefix', 'credential', 'addresses', 'ca', 'headers', 'response', 'limits'];
const HOST_KEYS = ['host', 'tls', 'rules', 'agentCredentials', 'websocket', ...SHARED];
const GIT_KEYS = ['git', 'repositories', ...SHARED];
const PRESET_KEYS = ['use', 'host', 'with', ...SHARED];
const KINDS = ['host', 'git', 'use'];
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HEADER = /^[a-z0-9!#$&^`|~'-]+$/;
/** Hosts where every customer answers under one name: a rule must say whose. */
const MULTI_TENANT =
  /(?:^|\.)(?:github\.com|githubusercontent\.com|gitlab\.com|bitbucket\.org|s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com|storage\.googleapis\.com|blob\.core\.windows\.net|huggingface\.co)$/;

/** One entry of `upstreams`, or undefined with problems. */
export function readUpstream(value: unknown, where: string, limits: Limits, findings: Findings): Upstream | undefined {
  const kinds = typeof value === 'object' && value !== null ? KINDS.filter((kind) => kind in value) : [];
  const kind = kinds.includes('use') ? 'use' : kinds[0];
  if (kind === undefined || (kinds.length > 1 && kind !== 'use')) {
    findings.add(
      'entry-unclear',
      where,
      'exactly one of `host`, `git`, `use`',
      kinds.length === 0 ? show(value) : kinds.join(' and '),
    );
    return undefined;
  }
  if (kind === 'use') {
    const preset = Fields.read(value, where, PRESET_KEYS, findings);
    const expanded = preset === undefined ? undefined : expandPreset(preset);
    return expanded === undefined ? undefined : readUpstream(expanded, where, limits, findings);
  }
  const fields = Fields.read(value, where, kind === 'git' ? GIT_KEYS : HOST_KEYS, findings);
  if (fields === undefined) return undefined;
  const text = fields.text(kind, 'api.example.com');
  const host = text === undefined ? undefined : readHost(text, fields.at(kind), findings);
  const base: UpstreamBase = {
    host: host ?? '',
    port: readPort(fields),
    addresses: readAddresses(fields),
    limits: readLimits(fields.raw('limits'), fields.at('limits'), limits, findings),
  };
  const wildcard = base.host.startsWith('*.');
  if (wildcard && base.addresses !== 'public')
    findings.add(
      'wildcard-addresses',
      fields.at('addresses'),
      '"public" for a wildcard',
      'private addresses',
      'name the hosts',
    );
  if (wildcard && fields.has('credential'))
    findings.add(
      'credential-on-wildcard',
      fields.at('credential'),
      'no credential on a wildcard',
      'one',
      'whoever gets a name under it would be sent the secret; name the hosts',
    );
  if (wildcard && fields.has('prefix'))
    findings.add(
      'prefix-on-wildcard',
      fields.at('prefix'),
      'no prefix on a wildcard',
      'one',
      'a base-URL request names no host; name it here',
    );
  if (readTls(fields) === 'passthrough') return passthrough(fields, base, host);
  const upstream = intercept(fields, base, kind);
  return host === undefined || upstream === undefined ? undefined : upstream;
}

function readTls(fields: Fields): 'intercept' | 'passthrough' {
  const tls = fields.raw('tls');
  if (tls === undefined || tls === 'intercept') return 'intercept';
  if (tls === 'passthrough') return 'passthrough';
  fields.findings.add(
    'wrong-type',
    fields.at('tls'),
    '"intercept" or "passthrough"',
    show(tls),
    'verification can not be turned off',
  );
  return 'intercept';
}

function passthrough(fields: Fields, base: UpstreamBase, host: string | undefined): Upstream | undefined {
  if (fields.has('credential'))
    fields.findings.add(
      'credential-on-passthrough',
      fields.at('credential'),
      'no credential beside `tls: passthrough`',
      'one',
      'nothing can be injected into bytes that are forwarded unseen; use `tls: intercept`',
    );
  for (const key of ['rules', 'agentCredentials', 'headers', 'prefix', 'ca', 'websocket', 'response'].filter((name) =>
    fields.has(name),
  )) {
    fields.findings.add(
      'passthrough-option',
      fields.at(key),
      'nothing that needs the bytes to be seen',
      `\`${key}\` beside \`tls: passthrough\``,
      'remove it, or use `tls: intercept`',
    );
  }
  return host === undefined ? undefined : { ...base, tls: 'passthrough' };
}

function intercept(fields: Fields, base: UpstreamBase, kind: string): InterceptUpstream | undefined {
  const rules =
    kind === 'git'
      ? readRepositories(fields.raw('repositories'), fields.at('repositories'), fields.findings)
      : readRules(fields);
  const credential = fields.has('credential')
    ? readCredential(fields.raw('credential'), fields.at('credential'), fields.findings)
    : undefined;
  const keep = fields.raw('agentCredentials');
  if (keep !== undefined && keep !== 'strip' && keep !== 'keep')
    fields.findings.add('wrong-type', fields.at('agentCredentials'), '"strip" or "keep"', show(keep));
  if (keep === 'keep' && fields.has('credential'))
    fields.findings.add(
      'keep-with-credential',
      fields.at('agentCredentials'),
      '"strip" beside a credential',
      '"keep"',
      'two credentials on one request let the agent choose; remove one of them',
    );
  judgeReach(fields, base.host, rules);
  const prefix = readPrefix(fields);
  const ca = fields.optionalText('ca', 'internal');
  if (ca !== undefined && (!NAME.test(ca) || ca === 'public'))
    fields.findings.add('name-invalid', fields.at('ca'), 'a name such as "internal"', show(ca));
  const response = fields.has('response')
    ? Fields.read(fields.raw('response'), fields.at('response'), ['scrub'], fields.findings)
    : undefined;
  if (rules.length === 0) return undefined;
  return {
    ...base,
    tls: 'intercept',
    ...(prefix === undefined ? {} : { prefix }),
    rules,
    ...(credential === undefined ? {} : { credential }),
    agentCredentials: keep === 'keep' ? 'keep' : 'strip',
    headers: readHeaders(fields),
    ...(ca === undefined ? {} : { ca }),
    websocket: fields.flag('websocket', false),
    scrub: response?.flag('scrub', credential !== undefined) ?? credential !== undefined,
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
  return value.flatMap((item: unknown, index) => {
    const where = childPath(fields.at('rules'), index);
    if (typeof item !== 'string')
      fields.findings.add('rule-form', where, 'a rule such as "POST /v1/messages"', show(item));
    const rule = typeof item === 'string' ? readRule(item, where, fields.findings) : undefined;
    return rule === undefined ? [] : [rule];
  });
}

/** A secret goes only where a rule says what is asked with it, and on a shared host, of whom. */
function judgeReach(fields: Fields, host: string, rules: readonly Rule[]): void {
  if (!fields.has('credential')) return;
  if (rules.some(({ id }) => id === 'any'))
    fields.findings.add(
      'credential-without-rules',
      fields.at('rules'),
      'rules beside a credential',
      '`any`',
      'list what may be asked with the secret',
    );
  if (!MULTI_TENANT.test(host) || host.startsWith('api.')) return;
  for (const rule of rules.filter(
    ({ path, id }) => id !== 'any' && !('literal' in (path.segments[0] ?? { wildcard: true })),
  )) {
    fields.findings.add(
      'tenant-open',
      fields.at('rules'),
      `a rule that names the tenant on ${host}`,
      show(rule.id),
      'begin the path with your own account or bucket',
    );
  }
}

function readPort(fields: Fields): number {
  const port = fields.raw('port');
  if (port === undefined) return 443;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  fields.findings.add(
    'port-out-of-range',
    fields.at('port'),
    'a whole number from 1 to 65535',
    show(port),
    typeof port === 'string' ? 'write it without quotes' : undefined,
  );
  return 443;
}

function readPrefix(fields: Fields): string | undefined {
  const prefix = fields.optionalText('prefix', '/anthropic');
  if (prefix === undefined || /^(?:\/[a-z0-9][a-z0-9._-]*)+$/.test(prefix)) return prefix;
  fields.findings.add(
    'prefix-form',
    fields.at('prefix'),
    'a plain path such as "/anthropic"',
    show(prefix),
    'lower case, no trailing slash',
  );
  return undefined;
}

function readHeaders(fields: Fields): InterceptUpstream['headers'] {
  if (!fields.has('headers')) return { deny: [], set: {} };
  const headers = Fields.read(fields.raw('headers'), fields.at('headers'), ['deny', 'set'], fields.findings);
  if (headers === undefined) return { deny: [], set: {} };
  const deny = headers.texts('deny', 'x-tenant').map((text): HeaderPattern => {
    const [name = '', ...rest] = text.split(':');
    judgeHeader(headers, 'deny', name);
    return rest.length === 0
      ? { name: name.toLowerCase() }
      : { name: name.toLowerCase(), value: rest.join(':').trim() };
  });
  const set = Object.entries(headers.mapping('set')).map(([name, text]): [string, string] => {
    judgeHeader(headers, 'set', name);
    if (RESERVED_HEADERS.test(name.toLowerCase()) || /^(?:authorization|cookie|x-api-key)$/i.test(name))
      headers.findings.add(
        'header-reserved',
        headers.at('set'),
        "a header that is neither the connection's nor a credential's",
        show(name),
        'use `credential`',
      );
    // `%` would be read as one of Envoy's own commands.
    if (!/^[\x20-\x24\x26-\x7e]*$/.test(text))
      headers.findings.add(
        'header-value',
        headers.at('set'),
        'printable ASCII without "%"',
        `a value of ${text.length} characters`,
      );
    return [name.toLowerCase(), text];
  });
  return { deny, set: Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function judgeHeader(headers: Fields, key: string, name: string): void {
  if (!HEADER.test(name.toLowerCase()))
    headers.findings.add('header-name', headers.at(key), 'a header name such as "x-tenant"', show(name));
}
