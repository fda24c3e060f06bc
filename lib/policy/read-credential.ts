import { Fields } from './fields';
import type { Credential } from './policy';
import { show, type Findings } from './problem';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HEADER = /^[a-z0-9!#$&^`|~'-]+$/;
/** Headers that belong to the connection or to the proxy. */
export const RESERVED_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|x-envoy-.*|x-forwarded-.*|forwarded|via|accept-encoding)$/;
const KINDS = ['header', 'bearer', 'basic', 'oauth2', 'sigv4', 'googleAccessToken', 'githubApp'];

/** The credential of an upstream, or undefined with a problem. */
export function readCredential(value: unknown, where: string, findings: Findings): Credential | undefined {
  const fields = Fields.read(value, where, [...KINDS, 'secret', 'prefix'], findings);
  if (fields === undefined) return undefined;
  const kinds = KINDS.filter((kind) => fields.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length !== 1) {
    findings.add(
      'credential-unclear',
      where,
      `exactly one of ${KINDS.join(', ')}`,
      kinds.length === 0 ? 'none' : kinds.join(' and '),
    );
    return undefined;
  }
  if (kind !== 'header' && (fields.has('secret') || fields.has('prefix'))) {
    findings.add(
      'credential-unclear',
      where,
      `no \`secret\` or \`prefix\` beside \`${kind}\``,
      'one',
      `write it inside \`${kind}\``,
    );
  }
  switch (kind) {
    case 'header':
      return readHeader(fields);
    case 'bearer': {
      const secret = secretName(fields, 'bearer');
      return secret === undefined ? undefined : { kind: 'header', header: 'authorization', prefix: 'Bearer ', secret };
    }
    default:
      return readNested(kind, fields);
  }
}

function readHeader(fields: Fields): Credential | undefined {
  const header = fields.text('header', 'x-api-key');
  const secret = secretName(fields, 'secret');
  const prefix = fields.optionalText('prefix', 'Bearer ') ?? '';
  if (header === undefined || secret === undefined) return undefined;
  const name = header.toLowerCase();
  if (!HEADER.test(name))
    fields.findings.add('header-name', fields.at('header'), 'a header name such as "x-api-key"', show(header));
  else if (RESERVED_HEADERS.test(name))
    fields.findings.add('header-reserved', fields.at('header'), 'a header of the request itself', show(header));
  else if (!/^[\x20-\x7e]*$/.test(prefix))
    fields.findings.add('credential-form', fields.at('prefix'), 'printable ASCII', show(prefix));
  else return { kind: 'header', header: name, prefix, secret };
  return undefined;
}

const NESTED: Readonly<Record<string, readonly string[]>> = {
  basic: ['user', 'secret'],
  oauth2: ['tokenUrl', 'clientId', 'secret', 'scopes'],
  sigv4: ['service', 'region'],
  googleAccessToken: ['scopes'],
  githubApp: ['appId', 'installationId', 'secret', 'repositories', 'permissions'],
};

function readNested(kind: string, outer: Fields): Credential | undefined {
  const fields = Fields.read(outer.raw(kind), outer.at(kind), NESTED[kind] ?? [], outer.findings);
  if (fields === undefined) return undefined;
  if (kind === 'basic') {
    const user = fields.text('user', 'x-access-token');
    const secret = secretName(fields, 'secret');
    if (user !== undefined && /[:\x00-\x1f\x7f]/.test(user))
      fields.findings.add('credential-form', fields.at('user'), 'a user without ":"', show(user));
    return user === undefined || secret === undefined ? undefined : { kind: 'basic', user, secret };
  }
  if (kind === 'oauth2') return readOauth2(fields);
  if (kind === 'sigv4') {
    const service = fields.text('service', 'bedrock');
    const region = fields.text('region', 'us-east-1');
    for (const [key, text] of [
      ['service', service],
      ['region', region],
    ] as const) {
      if (text !== undefined && !/^[a-z0-9-]+$/.test(text))
        fields.findings.add('credential-form', fields.at(key), 'lower-case letters, digits and "-"', show(text));
    }
    return service === undefined || region === undefined ? undefined : { kind: 'sigv4', service, region };
  }
  if (kind === 'googleAccessToken')
    return {
      kind: 'googleAccessToken',
      scopes: sorted(fields.texts('scopes', 'https://www.googleapis.com/auth/cloud-platform')),
    };
  const appId = fields.text('appId', '12345');
  const installationId = fields.text('installationId', '67890');
  const secret = secretName(fields, 'secret');
  if (appId === undefined || installationId === undefined || secret === undefined) return undefined;
  for (const [key, text] of [
    ['appId', appId],
    ['installationId', installationId],
  ] as const) {
    if (!/^[A-Za-z0-9._-]+$/.test(text))
      fields.findings.add('credential-form', fields.at(key), 'an id such as "12345"', show(text));
  }
  return {
    kind: 'githubApp',
    appId,
    installationId,
    secret,
    repositories: sorted(fields.texts('repositories', 'web')),
    permissions: fields.mapping('permissions'),
  };
}

function readOauth2(fields: Fields): Credential | undefined {
  const tokenUrl = fields.text('tokenUrl', 'https://auth.example.com/oauth/token');
  const clientId = fields.text('clientId', 'agent-client');
  const secret = secretName(fields, 'secret');
  const scopes = sorted(fields.texts('scopes', 'read'));
  if (tokenUrl !== undefined && !/^https:\/\/[a-z0-9.-]+(?::[0-9]+)?\/[^\s#@]*$/.test(tokenUrl)) {
    fields.findings.add(
      'credential-form',
      fields.at('tokenUrl'),
      'an https URL such as "https://auth.example.com/oauth/token"',
      show(tokenUrl),
      'a client secret is never sent in clear text',
    );
    return undefined;
  }
  return tokenUrl === undefined || clientId === undefined || secret === undefined
    ? undefined
    : { kind: 'oauth2', tokenUrl, clientId, secret, scopes };
}

function secretName(fields: Fields, key: string): string | undefined {
  const name = fields.text(key, 'anthropic-key');
  if (name === undefined || NAME.test(name)) return name;
  fields.findings.add(
    'name-invalid',
    fields.at(key),
    'the name of a secret: lower-case letters, digits and "-", at most 63',
    `text of ${name.length} characters, not shown`,
    'a name, never the value',
  );
  return undefined;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
