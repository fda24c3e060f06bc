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

/** Name of the filter that injects an upstream's credential. Undefined: nothing to inject (SigV4 is signed in the cluster). */
export function injectorName({ credential }: InterceptUpstream): string | undefined {
  if (credential === undefined || credential.kind === 'sigv4') return undefined;
  return `inject_${credentialHeader(credential)}_${credentialSlug(credential)}`;
}

/** Puts a credential in, whatever is there; refuses the request when there is none. */
export function buildInjector(name: string, credential: Credential, place: Place): JsonObject {
  const slug = credentialSlug(credential);
  return extension(name, 'filters.http.credential_injector.v3.CredentialInjector', {
    overwrite: true,
    allow_request_without_credential: false,
    credential: extension('envoy.http.injected_credentials.generic', 'http.injected_credentials.generic.v3.Generic', {
      header: credentialHeader(credential),
      credential: { name: slug, sds_config: buildFileSource(`sds/credential-${slug}.json`, place.secretPoll) },
    }),
  });
}

/** A polled file: polling needs no inotify instance, and sees a directory that appears later. */
export function buildFileSource(path: string, interval: string): JsonObject {
  return {
    resource_api_version: 'V3',
    initial_fetch_timeout: '5s',
    path_config_source: { path, poll_interval: interval },
  };
}
