import { Fields } from './fields';
import { isHeaderName, isReservedHeader } from './header-name';
import type { Credential } from './policy';
import { kindOf, show, type Findings } from './problem';
import { isScope, readGithubApp, readOauth2 } from './read-token-credential';
import { readSecretName } from './secret-name';

const KINDS = [
  'header',
  'bearer',
  'basic',
  'oauth2',
  'sigv4',
  'googleAccessToken',
  'googleIdToken',
  'githubApp',
] as const;
const FIELDS = {
  basic: ['user', 'secret'],
  oauth2: ['tokenUrl', 'clientId', 'secret', 'scopes'],
  sigv4: ['service', 'region'],
  googleAccessToken: ['scopes'],
  googleIdToken: [],
  githubApp: ['appId', 'installationId', 'secret', 'repositories', 'permissions'],
} as const;

/** The credential of the upstream `host`, or undefined with a problem. No value that stands here is ever shown whole. */
export function readCredential(
  value: unknown,
  where: string,
  host: string,
  findings: Findings,
): Credential | undefined {
  const fields = readMapping(value, where, [...KINDS, 'secret', 'prefix'], findings);
  if (fields === undefined) return undefined;
  const kinds = KINDS.filter((kind) => fields.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1) {
    const got = kinds.length === 0 ? 'none' : kinds.join(' and ');
    findings.add('credential-unclear', where, `exactly one of ${KINDS.join(', ')}`, got, 'write one');
    return undefined;
  }
  if (kind !== 'header' && (fields.has('secret') || fields.has('prefix'))) {
    const expected = `no \`secret\` or \`prefix\` beside \`${kind}\``;
    findings.add('credential-unclear', where, expected, 'one', `see how \`${kind}\` is written`);
  }
  return readKind(kind, fields, host);
}

function readKind(kind: (typeof KINDS)[number], fields: Fields, host: string): Credential | undefined {
  if (kind === 'header') return readHeader(fields);
  if (kind === 'bearer') {
    const secret = readSecretName(fields, 'bearer');
    return secret === undefined ? undefined : { kind: 'header', header: 'authorization', prefix: 'Bearer ', secret };
  }
  const inner = readMapping(fields.raw(kind), fields.at(kind), FIELDS[kind], fields.findings);
  if (inner === undefined) return undefined;
  switch (kind) {
    case 'basic':
      return readBasic(inner);
    case 'oauth2':
      return readOauth2(inner);
    case 'sigv4':
      return readSigv4(inner);
    case 'googleAccessToken':
      return { kind, scopes: inner.set('scopes', 'https://www.googleapis.com/auth/cloud-platform', isScope) };
    case 'googleIdToken':
      return { kind, audience: `https://${host}` };
    case 'githubApp':
      return readGithubApp(inner);
  }
}

/** As `Fields.read`; a text where the mapping belongs may be the secret itself and isn't shown. */
function readMapping(value: unknown, where: string, known: readonly string[], findings: Findings): Fields | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Fields.read(value, where, known, findings);
  findings.add('wrong-type', where, `a mapping with ${known.join(', ')}`, kindOf(value), 'see docs/policy-language.md');
  return undefined;
}

function readHeader(fields: Fields): Credential | undefined {
  const header = fields.text('header', 'x-api-key');
  const secret = readSecretName(fields, 'secret');
  const prefix = fields.optionalText('prefix', 'Bearer ') ?? '';
  if (header === undefined || secret === undefined) return undefined;
  const name = header.toLowerCase();
  if (!isHeaderName(name)) {
    const mend = 'letters, digits and "-"; the value is the secret, which only has a name here';
    fields.findings.add('header-name', fields.at('header'), 'a header name such as "x-api-key"', kindOf(header), mend);
  } else if (isReservedHeader(name)) {
    const expected = "a header that is neither the connection's nor the proxy's";
    fields.findings.add(
      'header-reserved',
      fields.at('header'),
      expected,
      show(header),
      'use the header the host documents',
    );
  } else if (!/^[\x20-\x7e]{1,64}$/.test(prefix) && prefix !== '') {
    const mend = 'only the scheme, such as "Bearer "';
    fields.findings.add(
      'credential-form',
      fields.at('prefix'),
      'up to 64 characters of printable ASCII',
      kindOf(prefix),
      mend,
    );
  } else return { kind: 'header', header: name, prefix, secret };
  return undefined;
}

function readBasic(fields: Fields): Credential | undefined {
  const user = fields.text('user', 'x-access-token');
  const secret = readSecretName(fields, 'secret');
  if (user !== undefined && !/^[\x21-\x39\x3b-\x7e]{1,256}$/.test(user)) {
    const mend = 'the password is the secret, which only has a name here';
    fields.findings.add('credential-form', fields.at('user'), 'a user without ":" or spaces', kindOf(user), mend);
  }
  return user === undefined || secret === undefined ? undefined : { kind: 'basic', user, secret };
}

function readSigv4(fields: Fields): Credential | undefined {
  const service = fields.text('service', 'bedrock');
  const region = fields.text('region', 'us-east-1');
  for (const [key, text] of Object.entries({ service, region })) {
    if (text !== undefined && !/^[a-z0-9-]{1,64}$/.test(text)) {
      const mend = 'as it stands in a signature, such as "bedrock" and "us-east-1"';
      fields.findings.add('credential-form', fields.at(key), 'lower-case letters, digits and "-"', show(text), mend);
    }
  }
  return service === undefined || region === undefined ? undefined : { kind: 'sigv4', service, region };
}
