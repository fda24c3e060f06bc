import { credentialId, type Credential, type Policy } from '../policy';
import { credentialSlug } from './credential';
import type { HostGroup } from './host-group';
import type { KeeperCredential, KeeperManifest, KeeperSource } from './keeper-manifest';
import { authorityFile } from './upstream-class';

/** What the keeper must fetch and make for a policy. */
export function buildManifest(policy: Policy, groups: readonly HostGroup[]): KeeperManifest {
  const credentials = new Map<string, KeeperCredential>();
  const authorities = new Set<string | undefined>();
  for (const upstream of policy.upstreams) {
    if (upstream.tls !== 'intercept') continue;
    authorities.add(upstream.ca);
    const source = upstream.credential === undefined ? undefined : buildSource(upstream.credential);
    if (upstream.credential === undefined || source === undefined) continue;
    const id = credentialId(upstream.credential);
    credentials.set(id, { id, file: credentialFile(upstream.credential), credential: source });
  }
  return {
    version: 1,
    policy: policy.digest,
    credentials: [...credentials.values()].sort((a, b) => compare(a.id, b.id)),
    leaves: groups.map(({ name, upstreams }) => ({
      name,
      hosts: upstreams.map(({ host }) => host),
      certificate: `leaves/${name}/tls.crt`,
      key: `leaves/${name}/tls.key`,
    })),
    authorities: [...authorities]
      .sort((a, b) => compare(a ?? '', b ?? ''))
      .map((name) => ({ ...(name === undefined ? {} : { name }), file: authorityFile(name) })),
  };
}

/** Where the keeper writes the rendered header value. */
export function credentialFile(credential: Credential): string {
  return `credentials/${credentialSlug(credential)}/value`;
}

/** Undefined: nothing to fetch, Envoy signs with the proxy's own role. */
function buildSource(credential: Credential): KeeperSource | undefined {
  switch (credential.kind) {
    case 'header':
      return { kind: 'header', prefix: credential.prefix, secret: credential.secret };
    case 'basic':
    case 'oauth2':
    case 'googleAccessToken':
    case 'googleIdToken':
    case 'githubApp':
      return credential;
    case 'sigv4':
      return undefined;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
