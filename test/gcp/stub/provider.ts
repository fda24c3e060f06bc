/**
 * A stand-in for the google provider, so that the real command can initialise, plan, apply, see drift and destroy without a
 * network. Environment: STUB_SCHEMA, a file of `{ provider, resources }`; STUB_WORLD, a file of what "really" exists.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { PROTOCOL } from './messages';
import type { Attribute, Block } from './schema';
import { pack, type State, Unknown, UNKNOWN, unpack, type Wire } from './values';

interface Schema {
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
}
interface Question {
  readonly type_name: string;
  readonly config: Wire;
  readonly current_state: Wire;
  readonly prior_state: Wire;
  readonly proposed_new_state: Wire;
  readonly planned_state: Wire;
  readonly raw_state: { readonly json: Buffer };
}
interface Diagnostic {
  readonly severity: number;
  readonly summary: string;
  readonly detail: string;
}
type Handler = (question: Question) => object;

// The test that starts this wrote both files.
const schema = JSON.parse(readFileSync(process.env.STUB_SCHEMA ?? '', 'utf8')) as Schema;
const WORLD = process.env.STUB_WORLD ?? '';
const NESTING = { single: 1, list: 2, set: 3 } as const;

const handlers: Readonly<Record<string, Handler>> = {
  GetSchema: () => ({
    provider: { version: 0, block: wireBlock(schema.provider) },
    resource_schemas: Object.fromEntries(
      Object.entries(schema.resources).map(([type, block]) => [type, { version: 0, block: wireBlock(block) }]),
    ),
    data_source_schemas: {},
  }),
  PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
  Configure: () => ({}),
  Stop: () => ({ Error: '' }),
  ValidateResourceTypeConfig: ({ type_name, config }) => ({
    diagnostics: oddValues(blockOf(type_name), unpack(config), ''),
  }),
  UpgradeResourceState: ({ raw_state }) => ({ upgraded_state: pack(JSON.parse(raw_state.json.toString()) as State) }), // its own state
  ReadResource: ({ type_name, current_state }) => ({
    new_state: pack(readWorld()[keyOf(type_name, unpack(current_state))] ?? null),
  }),
  PlanResourceChange: ({ type_name, prior_state, proposed_new_state }) => ({
    planned_state: pack(plan(type_name, unpack(prior_state), unpack(proposed_new_state))),
    legacy_type_system: true,
  }),
  ApplyResourceChange: ({ type_name, prior_state, planned_state }) => ({
    new_state: pack(apply(type_name, unpack(prior_state), unpack(planned_state))),
    legacy_type_system: true,
  }),
};

function blockOf(type: string): Block {
  return schema.resources[type] ?? { attributes: [], blocks: [] };
}

function wireBlock({ attributes, blocks }: Block): object {
  return {
    attributes: attributes.map((attribute) => ({ ...attribute, type: Buffer.from(attribute.type) })),
    block_types: blocks.map(({ name, block, nesting, required, many }) => ({
      type_name: name,
      block: wireBlock(block),
      nesting: NESTING[nesting],
      min_items: required ? 1 : 0,
      max_items: nesting === 'single' || many ? 0 : 1,
    })),
  };
}

/** Values that the documentation doesn't list. */
function oddValues(block: Block, value: unknown, at: string): Diagnostic[] {
  if (typeof value !== 'object' || value === null || value instanceof Unknown) return [];
  const settings = { ...value } as Record<string, unknown>; // of a block: a mapping
  const own = block.attributes.flatMap(({ name, values }) => {
    const given = settings[name];
    if (!values || typeof given !== 'string' || given === '' || values.includes(given)) return [];
    return [
      { severity: 1, summary: `invalid value for ${at}${name}`, detail: `"${given}" is none of ${values.join(', ')}` },
    ];
  });
  const nested = block.blocks.flatMap((child) =>
    [settings[child.name]].flat().flatMap((one) => oddValues(child.block, one, `${at}${child.name}.`)),
  );
  return [...own, ...nested];
}

function plan(type: string, prior: State, planned: State): State {
  if (!planned || prior) return planned;
  for (const attribute of blockOf(type).attributes) {
    if (planned[attribute.name] == null && isInvented(attribute)) planned[attribute.name] = UNKNOWN;
  }
  if (type === 'google_service_account' && typeof planned.project === 'string') {
    // As the real provider does: an account's e-mail follows from its id.
    planned.email = `${String(planned.account_id)}@${planned.project}.iam.gserviceaccount.com`;
    planned.member = `serviceAccount:${String(planned.email)}`;
  }
  return planned;
}

function isInvented({ computed, name, optional, type }: Attribute): boolean {
  return computed && type === '"string"' && (name === 'id' || name === 'name' || !optional);
}

function apply(type: string, prior: State, state: State): State {
  const world = readWorld();
  if (prior) delete world[keyOf(type, prior)];
  if (state) {
    for (const { name } of blockOf(type).attributes)
      if (state[name] instanceof Unknown) state[name] = invent(type, name, state);
    world[keyOf(type, state)] = state;
  }
  writeFileSync(WORLD, JSON.stringify(world, null, 1));
  return state;
}

function invent(type: string, attribute: string, state: Record<string, unknown>): string {
  const text = (key: string): string | undefined => (typeof state[key] === 'string' ? state[key] : undefined);
  const project = text('project') ?? 'none';
  const location = text('region') ?? text('location');
  // Two grants of one role to one secret must not share an id.
  const granted = ['secret_id', 'repository', 'name', 'role', 'member'].map(text).filter(Boolean).join('/');
  const given = [
    'name',
    'account_id',
    'secret_id',
    'repository_id',
    'response_policy_name',
    'rule_name',
    'name_prefix',
  ];
  const own = text('role') === undefined ? (given.map(text).find(Boolean) ?? type) : granted;
  const parent = text('response_policy') ?? text('managed_zone') ?? '';
  const kind = text('type') ?? '';
  const id = `projects/${project}/${location ?? 'global'}/${type.replace(/^google_(?:compute_)?/, '')}/${parent}${own}${kind}`;
  if (attribute === 'id') return id;
  if (attribute === 'name') return own;
  if (/self_link|instance_group$|uri/.test(attribute)) return `https://stand-in.example/${id}`;
  return `${attribute}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}

function readWorld(): Record<string, State> {
  return existsSync(WORLD) ? (JSON.parse(readFileSync(WORLD, 'utf8')) as Record<string, State>) : {}; // written by apply()
}

function keyOf(type: string, state: State): string {
  return `${type} ${String(state?.id)}`;
}

/** The service's definition, by package and name. */
function service(pack: string, name: string): ServiceClientConstructor['service'] {
  const loaded = loadPackageDefinition(
    // Its type wants every kind of entry at once.
    fromJSON(PROTOCOL as unknown as Parameters<typeof fromJSON>[0], {
      keepCase: true,
      longs: Number,
      enums: Number,
      defaults: true,
      oneofs: true,
    }),
  );
  // Made of PROTOCOL just above.
  return (loaded[pack] as Record<string, ServiceClientConstructor>)[name]?.service ?? {};
}

type Done = (error: Error | null, answer: object) => void;
const server = new Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
server.addService(
  service('tfplugin5', 'Provider'),
  Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (call: { request: Question }, done: Done) => done(null, { diagnostics: [], ...handle(call.request) }),
    ]),
  ),
);
server.addService(service('plugin', 'GRPCController'), {
  Shutdown: (_: unknown, done: Done) => {
    done(null, {});
    setImmediate(() => process.exit(0));
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc\n`);
});
