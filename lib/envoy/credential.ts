import { credentialId, type Credential, type InterceptUpstream } from '../policy';
import { extension, type JsonObject } from './json';
import type { Place } from './place';

/** The header a credential travels in. */
export function credentialHeader(credential: Credential): string {
  return credential.kind === 'header' ? credential.header : 'authorization';
}

/** File-system name of a credential; ids hold only safe characters, the rest is made safe without collisions. */
export function credentialSlug(credential: Credential): string {
  return credentialId(credential).replace(
    /[^A-Za-z0-9._-]/g,
    (character) => `~${character.codePointAt(0)?.toString(16)}~`,
  );
}

/** Puts our credential in, whatever is there; refuses the request when there is none. Undefined: nothing to inject here. */
export function buildInjector(name: string, upstream: InterceptUpstream, place: Place): JsonObject | undefined {
  const { credential } = upstream;
  // SigV4 is not a header to copy: the cluster signs.
  if (credential === undefined || credential.kind === 'sigv4') return undefined;
  return extension(name, 'filters.http.credential_injector.v3.CredentialInjector', {
    overwrite: true,
    allow_request_without_credential: false,
    credential: extension('envoy.http.injected_credentials.generic', 'http.injected_credentials.generic.v3.Generic', {
      header: credentialHeader(credential),
      credential: buildFileSecret(
        credentialSlug(credential),
        `sds/credential-${credentialSlug(credential)}.json`,
        place.secretPoll,
      ),
    }),
  });
}

/** A polled file subscription: polling needs no inotify instance, and sees a directory that appears later. */
export function buildFileSecret(name: string, path: string, interval: string): JsonObject {
  return {
    name,
    sds_config: {
      resource_api_version: 'V3',
      initial_fetch_timeout: '5s',
      path_config_source: { path, poll_interval: interval },
    },
  };
}
