import type { CredentialEntry, HostEntry, PolicyDocument, RepositoryEntry, UpstreamEntry } from './document';
import type { Credential, InterceptUpstream, Policy, Rule, Upstream } from './policy';

/** The plain document of a policy, defaults written out: what `--show-policy` prints. `definePolicy` of it is the same policy. */
export function toDocument(policy: Policy): PolicyDocument {
  return { policy: 1, name: policy.name, upstreams: policy.upstreams.flatMap(entries) };
}

function entries(upstream: Upstream): UpstreamEntry[] {
  const { host, port, addresses, limits } = upstream;
  if (upstream.tls === 'passthrough') return [{ host, port, tls: 'passthrough', addresses, limits }];
  const options = optionsOf(upstream);
  const git = upstream.rules.filter(isGit);
  const plain = upstream.rules.filter((rule) => !isGit(rule));
  const rules: HostEntry['rules'] = plain.some(({ id }) => id === 'any') ? 'any' : plain.map(({ id }) => id);
  const asHost: UpstreamEntry[] =
    plain.length === 0
      ? []
      : [
          {
            host,
            tls: 'intercept',
            rules,
            agentCredentials: upstream.agentCredentials,
            websocket: upstream.websocket,
            ...options,
          },
        ];
  const asGit: UpstreamEntry[] = git.length === 0 ? [] : [{ git: host, repositories: repositories(git), ...options }];
  return [...asHost, ...asGit];
}

function optionsOf(upstream: InterceptUpstream) {
  const { port, addresses, limits, prefix, credential, headers, ca, scrub } = upstream;
  return {
    port,
    ...(prefix === undefined ? {} : { prefix }),
    ...(credential === undefined ? {} : { credential: credentialEntry(credential) }),
    addresses,
    ...(ca === undefined ? {} : { ca }),
    headers: {
      deny: headers.deny.map(({ name, value }) => (value === undefined ? name : `${name}: ${value}`)),
      set: headers.set,
    },
    response: { scrub },
    limits,
  };
}

/** True of a rule that a `repositories` entry made. */
export function isGit(rule: Rule): boolean {
  return /^git-(?:clone|push) /.test(rule.id);
}

function repositories(rules: readonly Rule[]): RepositoryEntry[] {
  return rules
    .filter(({ id }) => !id.endsWith(' refs'))
    .map(({ id, branches }) => {
      const [verb, name = ''] = id.split(' ');
      return {
        name,
        clone: verb === 'git-clone',
        push: verb === 'git-push',
        ...(branches === undefined ? {} : { branches }),
      };
    });
}

function credentialEntry(credential: Credential): CredentialEntry {
  switch (credential.kind) {
    case 'header':
      return {
        header: credential.header,
        secret: credential.secret,
        ...(credential.prefix === '' ? {} : { prefix: credential.prefix }),
      };
    case 'basic':
      return { basic: { user: credential.user, secret: credential.secret } };
    case 'oauth2':
      return {
        oauth2: {
          tokenUrl: credential.tokenUrl,
          clientId: credential.clientId,
          secret: credential.secret,
          scopes: credential.scopes,
        },
      };
    case 'sigv4':
      return { sigv4: { service: credential.service, region: credential.region } };
    case 'googleAccessToken':
      return { googleAccessToken: { scopes: credential.scopes } };
    case 'googleIdToken':
      return { googleIdToken: {} };
    case 'githubApp': {
      const { appId, installationId, secret, repositories: names, permissions } = credential;
      return { githubApp: { appId, installationId, secret, repositories: names, permissions } };
    }
  }
}
