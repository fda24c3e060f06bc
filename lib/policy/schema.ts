import { z } from 'zod';

/** Names that AWS, Google Cloud and a file system all accept. */
export const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const text = z.string().min(1).max(2048);
const texts = z.array(text).max(1000);
const name = z.string().describe("Lower-case letters, digits and '-', starting with a letter, at most 63.");
const seconds = z.number().int().min(1).max(604800);

const limits = z
  .strictObject({
    requestsPerSecond: z.number().int().min(1).max(1_000_000).optional().describe('For each client. Default 50.'),
    requestBytes: z.union([z.number(), z.string()]).optional().describe('Bytes, or text such as 32MiB. Default 32MiB.'),
    streamSeconds: seconds.optional().describe('Longest life of one response stream. Default: no limit.'),
    idleSeconds: seconds.optional().describe('A stream silent for so long is ended. Default 600.'),
  })
  .describe('Limits of a client, a request and a stream.');

/** Each kind of credential by the key that tells it. */
export const credentialSchemas = {
  header: z.strictObject({ header: text, secret: name, prefix: z.string().max(256).optional() }),
  bearer: z.strictObject({ bearer: name }),
  basic: z.strictObject({ basic: z.strictObject({ user: text, secret: name }) }),
  oauth2: z.strictObject({
    oauth2: z.strictObject({ tokenUrl: text, clientId: text, secret: name, scopes: texts.optional() }),
  }),
  sigv4: z.strictObject({ sigv4: z.strictObject({ service: text, region: text }) }),
  googleAccessToken: z.strictObject({ googleAccessToken: z.strictObject({ scopes: texts.optional() }) }),
  githubApp: z.strictObject({
    githubApp: z.strictObject({
      appId: text,
      installationId: text,
      secret: name,
      repositories: texts.optional(),
      permissions: z.record(z.string(), text).optional(),
    }),
  }),
} as const;

const credential = z
  .union([
    credentialSchemas.header,
    credentialSchemas.bearer,
    credentialSchemas.basic,
    credentialSchemas.oauth2,
    credentialSchemas.sigv4,
    credentialSchemas.googleAccessToken,
    credentialSchemas.githubApp,
  ])
  .describe('How the proxy proves who it is. Names a secret; never holds one.');

const options = {
  port: z.number().optional().describe('Default 443.'),
  prefix: text.optional().describe('Path under which base-URL clients reach it, e.g. /anthropic.'),
  addresses: z
    .union([z.literal('public'), texts.min(1)])
    .optional()
    .describe("'public', or private CIDRs."),
  ca: name.optional().describe('Name of the authority the host is verified against. Default: the public roots.'),
  headers: z
    .strictObject({ deny: texts.optional(), set: z.record(z.string(), z.string().max(4096)).optional() })
    .optional()
    .describe('Headers that are refused, and headers set on every request.'),
  response: z.strictObject({ scrub: z.boolean() }).optional().describe('Mask the injected secret in responses.'),
  limits: limits.optional(),
};

const hostOptions = {
  tls: z.enum(['intercept', 'passthrough']).optional().describe("Default 'intercept'."),
  rules: z
    .union([z.literal('any'), texts])
    .optional()
    .describe("'METHOD[,METHOD] PATH[?QUERY]' each, or 'any'. Required unless tls is passthrough."),
  agentCredentials: z.enum(['strip', 'keep']).optional().describe("Default 'strip'."),
  websocket: z.boolean().optional().describe('Default false.'),
};

const repository = z.strictObject({
  name: text.describe('Path on the host without .git; a segment may be *.'),
  clone: z.boolean().optional(),
  push: z.boolean().optional(),
  branches: texts.optional().describe('Branches that may be pushed. Default: all.'),
});

const settings = z.record(z.string(), z.union([text, texts]));

/** Each kind of entry by the key that tells it, for a checker that must see the parts (`credential` is checked apart). */
export const entrySchemas = {
  host: z.strictObject({ host: z.string(), ...hostOptions, ...options, credential: z.unknown().optional() }),
  git: z.strictObject({
    git: z.string(),
    repositories: z.array(repository).min(1).max(5000),
    ...options,
    credential: z.unknown().optional(),
  }),
  use: z.strictObject({
    use: z.string(),
    host: z.string().optional(),
    with: settings.optional(),
    ...options,
    credential: z.unknown().optional(),
  }),
} as const;

/** The top of the document, its entries not yet looked at. */
export const documentSchema = z.strictObject({
  policy: z.number(),
  name: z.string(),
  upstreams: z.array(z.unknown()),
  limits: limits.optional(),
});

const published = z
  .strictObject({
    $schema: z.string().optional(),
    policy: z.literal(1).describe('Version of the language.'),
    name: name.describe('Used in logs and resource names; at most 40 characters.'),
    upstreams: z
      .array(
        z.union([
          entrySchemas.host
            .extend({ credential: credential.optional() })
            .describe('A host and what may be asked of it.'),
          entrySchemas.git.extend({ credential: credential.optional() }).describe('A git host: clone and push apart.'),
          entrySchemas.use.extend({ credential: credential.optional() }).describe('A preset.'),
        ]),
      )
      .max(5000)
      .describe('What the agents may reach; empty refuses everything.'),
    limits: limits.optional(),
  })
  .describe('A policy: what one group of agents may reach, and how the proxy proves who they are.');

/** The JSON Schema (2020-12) an editor completes and checks a policy with; schemas/policy.schema.json is this. */
export function policyJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(published), title: 'Anchorhold policy' };
}
