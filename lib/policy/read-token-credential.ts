import { CREDENTIAL_IN_QUERY } from './alphabet';
import type { Fields } from './fields';
import { readHost } from './host';
import type { Credential } from './policy';
import { kindOf, show } from './problem';
import { readSecretName } from './secret-name';

const CREDENTIAL_QUERY = new RegExp(`^(?:${CREDENTIAL_IN_QUERY})$`, 'i');

/** RFC 6749, section 3.3. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(text);
}

/** `oauth2`: the keeper fetches tokens with a client's secret (RFC 6749, section 4.4). */
export function readOauth2(fields: Fields): Credential | undefined {
  const tokenUrl = readTokenUrl(fields);
  const clientId = fields.text('clientId', 'agent-client');
  const secret = readSecretName(fields, 'secret');
  const scopes = fields.set('scopes', 'read', isScope);
  if (clientId !== undefined && !/^[\x20-\x7e]{1,256}$/.test(clientId)) {
    const mend = 'RFC 6749 admits nothing else';
    fields.findings.add('credential-form', fields.at('clientId'), 'printable ASCII', kindOf(clientId), mend);
  }
  return tokenUrl === undefined || clientId === undefined || secret === undefined
    ? undefined
    : { kind: 'oauth2', tokenUrl, clientId, secret, scopes };
}

/** The client's secret is sent there: https, a name the policy could hold, nothing that carries a credential itself. */
function readTokenUrl(fields: Fields): string | undefined {
  const text = fields.text('tokenUrl', 'https://auth.example.com/oauth/token');
  if (text === undefined) return undefined;
  const where = fields.at('tokenUrl');
  const match =
    /^https:\/\/([^/?#@:*]+)(?::([1-9][0-9]{0,4}))?(\/[A-Za-z0-9._~!$&()*+,=:@/-]*(?:\?[A-Za-z0-9._~=&%-]*)?)$/.exec(
      text,
    );
  if (match === null || Number(match[2] ?? '443') > 65535 || CREDENTIAL_QUERY.test(match[3] ?? '')) {
    const mend = 'a client secret is never sent in clear text, and never beside another one';
    const expected = 'an https URL such as "https://auth.example.com/oauth/token"';
    fields.findings.add('credential-form', where, expected, show(text.replace(/\?.*/s, '?…')), mend);
    return undefined;
  }
  return readHost(match[1] ?? '', where, fields.findings) === undefined ? undefined : text;
}

/** `githubApp`: the keeper exchanges the app's key for an installation's token. */
export function readGithubApp(fields: Fields): Credential | undefined {
  const appId = fields.text('appId', '12345');
  const installationId = fields.text('installationId', '67890');
  const secret = readSecretName(fields, 'secret');
  const repositories = fields.set('repositories', 'web', (text) => /^[A-Za-z0-9._-]{1,100}$/.test(text));
  const permissions = readPermissions(fields);
  for (const [key, text] of Object.entries({ appId, installationId })) {
    if (text !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(text)) {
      const mend = "it stands on the app's own page, in quotes here";
      fields.findings.add('credential-form', fields.at(key), 'an id such as "12345"', show(text), mend);
    }
  }
  return appId === undefined || installationId === undefined || secret === undefined
    ? undefined
    : { kind: 'githubApp', appId, installationId, secret, repositories, permissions };
}

function readPermissions(fields: Fields): Readonly<Record<string, string>> {
  const permissions = Object.entries(fields.mapping('permissions'));
  for (const [name, access] of permissions) {
    if (/^[a-z_]{1,64}$/.test(name) && ['read', 'write', 'admin'].includes(access)) continue;
    const got = `${show(name)}: ${show(access)}`;
    const mend = "names and levels are those of GitHub's documentation";
    fields.findings.add(
      'credential-form',
      fields.at('permissions'),
      'permissions such as { contents: read }',
      got,
      mend,
    );
  }
  return Object.fromEntries(permissions.sort(([a], [b]) => (a < b ? -1 : 1)));
}
