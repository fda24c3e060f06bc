import { canonicalJson, sha256Hex } from './digest';
import type { Credential } from './policy';

/**
 * What the log, the keeper's files and the compiled policy call a credential: one id for each rendered header value.
 * The secret's name, with a suffix where the same secret is rendered in another form. Safe as a file name.
 */
export function credentialId(credential: Credential): string {
  switch (credential.kind) {
    case 'header':
      if (credential.prefix === '') return credential.secret;
      if (credential.prefix === 'Bearer ') return `${credential.secret}.bearer`;
      return `${credential.secret}.prefix-${short(credential.prefix)}`;
    case 'basic':
      return `${credential.secret}.basic-${short(credential.user)}`;
    case 'oauth2':
      return `${credential.secret}.oauth2-${short([credential.tokenUrl, credential.clientId, credential.scopes])}`;
    case 'sigv4':
      return `sigv4.${credential.service}.${credential.region}`;
    case 'googleAccessToken':
      return credential.scopes.length === 0 ? 'google.access-token' : `google.access-token-${short(credential.scopes)}`;
    case 'googleIdToken':
      return `google.id-token-${short(credential.audience)}`;
    case 'githubApp': {
      const { appId, installationId, repositories, permissions, form } = credential;
      const suffix = short([appId, installationId, repositories, permissions]);
      return `${credential.secret}.github-app-${suffix}${form === undefined ? '' : `.${form}`}`;
    }
  }
}

/** The name of the secret a credential needs; undefined where the platform's own identity proves it. */
export function credentialSecret(credential: Credential): string | undefined {
  return 'secret' in credential ? credential.secret : undefined;
}

function short(value: unknown): string {
  return sha256Hex(canonicalJson(value)).slice(0, 8);
}
