import * as fc from 'fast-check';
import type {
  CredentialEntry,
  GitEntry,
  HostEntry,
  LimitsEntry,
  PolicyDocument,
  UpstreamEntry,
} from '../../lib/policy';

/** Hosts of the documents, one of them under another's wildcard. */
const NAMES = ['api.a.example', 'b.example', 'x-1.b.example', 'deep.x-1.b.example'];
const WILDCARDS = ['*.b.example', '*.x-1.b.example'];
const SEGMENTS = ['v1', 'messages', 'a.b', 'A', 'x~y', 'm@1', 'v1:run', '$x', 'p-q_r', 'acme', 'web'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
export const DENIED = ['x-tenant', 'X-Other: a*', 'x-other: b', 'x-beta: *c*d'];

interface Group {
  readonly place: string;
  readonly entries: readonly UpstreamEntry[];
}

/** Documents that are sound, of every kind of entry but presets; entries of one host agree, so that they merge. */
export const documents: fc.Arbitrary<PolicyDocument> = fc
  .record({
    name: fc.constantFrom('coder', 'a', 'team-7'),
    limits: fc.option(limits(), { nil: undefined }),
    groups: fc.uniqueArray(group(), { selector: ({ place }) => place, minLength: 1, maxLength: 5 }),
  })
  .map(({ name, limits: own, groups }) => ({
    policy: 1,
    name,
    upstreams: groups.flatMap(({ entries }) => entries),
    ...(own === undefined ? {} : { limits: own }),
  }));

function group(): fc.Arbitrary<Group> {
  const wild = fc.constantFrom(...WILDCARDS).chain((host) => hostGroup(host, true));
  const named = fc
    .constantFrom(...NAMES)
    .chain((host) => fc.oneof(hostGroup(host, false), hostGroup(host, false), gitGroup(host)));
  return fc.oneof({ weight: 4, arbitrary: named }, { weight: 1, arbitrary: wild });
}

function hostGroup(host: string, wildcard: boolean): fc.Arbitrary<Group> {
  const port = fc.constantFrom(undefined, undefined, 443, 8443);
  const opaque = fc.record({ port }).map((options) => [{ host, tls: 'passthrough', ...compact(options) } as HostEntry]);
  const seen = fc
    .record({
      port,
      rules: fc.array(
        fc.oneof({ weight: 8, arbitrary: ruleList() }, { weight: 1, arbitrary: fc.constant('any' as const) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      credential: wildcard ? fc.constant(undefined) : fc.option(credentials(), { nil: undefined }),
      agentCredentials: fc.constantFrom(undefined, undefined, 'strip' as const, 'keep' as const),
      websocket: fc.constantFrom(undefined, false, true),
      deny: fc.option(fc.subarray(DENIED), { nil: undefined }),
      addresses: wildcard
        ? fc.constant(undefined)
        : fc.constantFrom(undefined, 'public' as const, ['10.1.0.0/16', 'fd00:1::/32']),
      limits: fc.option(limits(), { nil: undefined }),
      scrub: fc.constantFrom(undefined, true, false),
    })
    .map(({ rules, credential, agentCredentials, deny, scrub, ...rest }) => {
      const bare = credential === undefined || rules.includes('any');
      const options = compact({
        ...rest,
        credential: bare ? undefined : credential,
        agentCredentials: bare ? agentCredentials : 'strip',
        headers: deny === undefined ? undefined : { deny, set: { 'x-set': 'yes' } },
        response: scrub === undefined ? undefined : { scrub },
      });
      return rules.map((list): HostEntry => ({ host, rules: list, ...options }));
    });
  return fc
    .oneof({ weight: 1, arbitrary: opaque }, { weight: 6, arbitrary: seen })
    .map((entries) => ({ place: `${host}:${entries[0]?.port ?? 443}`, entries }));
}

function gitGroup(git: string): fc.Arbitrary<Group> {
  const repository = fc
    .record({
      name: fc.constantFrom('acme/web', 'acme/*', '*/web', 'acme'),
      clone: fc.boolean(),
      push: fc.boolean(),
      branches: fc.option(fc.subarray(['main', 'agent/*', 'agent/**'], { minLength: 1 }), { nil: undefined }),
    })
    .map(({ name, clone, push, branches }) => ({
      name,
      clone: clone || !push,
      push,
      ...(push && branches !== undefined ? { branches } : {}),
    }));
  return fc
    .record({
      credential: fc.option(credentials(), { nil: undefined }),
      repositories: fc.array(repository, { minLength: 1, maxLength: 3 }),
    })
    .map(({ credential, repositories }) => ({
      place: `${git}:443`,
      entries: [{ git, repositories, ...compact({ credential }) } as GitEntry],
    }));
}

function ruleList(): fc.Arbitrary<readonly string[]> {
  const segment = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...SEGMENTS) },
    { weight: 1, arbitrary: fc.constant('*') },
  );
  const rule = fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1, maxLength: 4 }),
      fc.array(segment, { maxLength: 3 }),
      fc.constantFrom('', '', '', '/**', '/', '?service=git-upload-pack', '?a=1&b=2', '?'),
    )
    .map(([methods, segments, tail]) => {
      const path = segments.map((text) => `/${text}`).join('');
      return `${methods.join(',')} ${path === '' && !tail.startsWith('/') ? '/' : ''}${path}${tail}`;
    });
  return fc.array(rule, { minLength: 1, maxLength: 5 });
}

function credentials(): fc.Arbitrary<CredentialEntry> {
  return fc.constantFrom<CredentialEntry>(
    { header: 'X-Api-Key', secret: 'key-one' },
    { header: 'authorization', secret: 'key-one', prefix: 'token ' },
    { bearer: 'key-two' },
    { basic: { user: 'x-access-token', secret: 'key-three' } },
    { oauth2: { tokenUrl: 'https://auth.example/t', clientId: 'me', secret: 'key-four', scopes: ['b', 'a', 'b'] } },
    { sigv4: { service: 'bedrock', region: 'eu-west-1' } },
    { googleAccessToken: {} },
    { googleIdToken: {} },
    {
      githubApp: {
        appId: '1',
        installationId: '2',
        secret: 'key-five',
        permissions: { issues: 'read', contents: 'write' },
      },
    },
  );
}

function limits(): fc.Arbitrary<LimitsEntry> {
  return fc
    .record({
      requestsPerSecond: fc.constantFrom(undefined, 5),
      requestBytes: fc.constantFrom(undefined, '32MiB', 33554432, '1KB'),
      streamSeconds: fc.constantFrom(undefined, 60),
      idleSeconds: fc.constantFrom(undefined, 600, 30),
    })
    .map(compact);
}

/** Without its undefined fields. */
export function compact<T extends object>(fields: T): Partial<T> {
  // Only undefined ones are left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
