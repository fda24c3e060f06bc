import { Fields } from './fields';
import { readHost } from './host';
import type { Limits, Upstream, UpstreamBase } from './policy';
import { expandPreset } from './preset';
import { show, type Findings } from './problem';
import { readAddresses } from './read-addresses';
import { readIntercept } from './read-intercept';
import { readLimits } from './read-limits';

const SHARED = ['port', 'prefix', 'credential', 'addresses', 'ca', 'headers', 'response', 'limits'] as const;
/** Every field of the three kinds of entry; schemas/policy.schema.json is compared with it. */
export const ENTRY_FIELDS = {
  host: ['host', 'tls', 'rules', 'agentCredentials', 'websocket', ...SHARED],
  git: ['git', 'repositories', ...SHARED],
  use: ['use', 'host', 'with', ...SHARED],
} as const;
const NEEDS_BYTES = ['rules', 'agentCredentials', 'headers', 'prefix', 'ca', 'websocket', 'response'] as const;

/** One entry of `upstreams`, or undefined with problems. */
export function readUpstream(value: unknown, where: string, limits: Limits, findings: Findings): Upstream | undefined {
  const kind = kindOfEntry(value, where, findings);
  if (kind === undefined) return undefined;
  const written = Fields.read(value, where, ENTRY_FIELDS[kind], findings);
  if (written === undefined) return undefined;
  if (kind === 'use') {
    const expanded = expandPreset(written);
    return expanded === undefined ? undefined : readUpstream(expanded, where, limits, findings);
  }
  const base = readBase(written, kind, limits);
  judgeWildcard(written, base.host);
  const upstream = readTls(written) === 'passthrough' ? readPassthrough(written, base) : readIntercept(written, base);
  return base.host === '' ? undefined : upstream;
}

function kindOfEntry(value: unknown, where: string, findings: Findings): keyof typeof ENTRY_FIELDS | undefined {
  const has = (kind: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, kind);
  // A preset may be given another host.
  if (has('use') && !has('git')) return 'use';
  if (has('host') !== has('git') && !has('use')) return has('git') ? 'git' : 'host';
  const found = ['host', 'git', 'use'].filter(has);
  const got = found.length === 0 ? show(value) : found.map((kind) => `\`${kind}\``).join(' and ');
  const mend = 'a host, a git host or a preset; write one entry for each';
  findings.add('entry-unclear', where, 'exactly one of `host`, `git`, `use`', got, mend);
  return undefined;
}

/** `host` is empty where it can't be used; a problem says why. */
function readBase(fields: Fields, kind: 'host' | 'git', limits: Limits): UpstreamBase {
  const text = fields.text(kind, 'api.example.com');
  const host = text === undefined ? undefined : readHost(text, fields.at(kind), fields.findings);
  return {
    host: host ?? '',
    port: readPort(fields),
    addresses: readAddresses(fields),
    limits: readLimits(fields.raw('limits'), fields.at('limits'), limits, fields.findings),
  };
}

function judgeWildcard(fields: Fields, host: string): void {
  if (!host.startsWith('*.')) return;
  if (fields.has('addresses') && fields.raw('addresses') !== 'public') {
    const mend = 'name the hosts';
    fields.findings.add('wildcard-addresses', fields.at('addresses'), '"public" for a wildcard', 'others', mend);
  }
  if (fields.has('credential')) {
    const mend = 'whoever gets a name under it would be sent the secret; name the hosts';
    fields.findings.add('credential-on-wildcard', fields.at('credential'), 'no credential on a wildcard', 'one', mend);
  }
  if (fields.has('prefix')) {
    const mend = 'a base-URL request names no host; name it here';
    fields.findings.add('prefix-on-wildcard', fields.at('prefix'), 'no prefix on a wildcard', 'one', mend);
  }
}

function readTls(fields: Fields): 'intercept' | 'passthrough' {
  const tls = fields.raw('tls');
  if (tls === undefined || tls === 'intercept') return 'intercept';
  if (tls === 'passthrough') return 'passthrough';
  const mend = "verification can't be turned off";
  fields.findings.add('wrong-type', fields.at('tls'), '"intercept" or "passthrough"', show(tls), mend);
  return 'intercept';
}

function readPassthrough(fields: Fields, base: UpstreamBase): Upstream {
  if (fields.has('credential')) {
    fields.findings.add(
      'credential-on-passthrough',
      fields.at('credential'),
      'no credential beside `tls: passthrough`',
      'one',
      'nothing can be injected into bytes that are forwarded unseen; use `tls: intercept`',
    );
  }
  for (const key of NEEDS_BYTES.filter((name) => fields.has(name))) {
    const got = `\`${key}\` beside \`tls: passthrough\``;
    const mend = 'remove it, or use `tls: intercept`';
    fields.findings.add('passthrough-option', fields.at(key), 'nothing that needs the bytes to be seen', got, mend);
  }
  return { ...base, tls: 'passthrough' };
}

function readPort(fields: Fields): number {
  const port = fields.raw('port');
  if (port === undefined) return 443;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  const mend = typeof port === 'string' ? 'write it without quotes' : 'leave it out for 443';
  fields.findings.add('port-out-of-range', fields.at('port'), 'a whole number from 1 to 65535', show(port), mend);
  return 443;
}
