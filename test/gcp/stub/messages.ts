/**
 * The part of Terraform's plugin protocol, version 5, that a stand-in provider needs: message → field → [number, type].
 * Numbers and types are the wire format; fields that the stand-in neither reads nor writes are left out.
 * A type in brackets repeats.
 */
const FIELDS: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  DynamicValue: { msgpack: [1, 'bytes'], json: [2, 'bytes'] },
  Diagnostic: { severity: [1, 'int32'], summary: [2, 'string'], detail: [3, 'string'] },
  RawState: { json: [1, 'bytes'] },
  Attribute: {
    name: [1, 'string'],
    type: [2, 'bytes'],
    required: [4, 'bool'],
    optional: [5, 'bool'],
    computed: [6, 'bool'],
  },
  NestedBlock: {
    type_name: [1, 'string'],
    block: [2, 'Block'],
    nesting: [3, 'int32'],
    min_items: [4, 'int64'],
    max_items: [5, 'int64'],
  },
  Block: { version: [1, 'int64'], attributes: [2, '[Attribute]'], block_types: [3, '[NestedBlock]'] },
  Schema: { version: [1, 'int64'], block: [2, 'Block'] },
  Nothing: {},
  SchemaAnswer: {
    provider: [1, 'Schema'],
    resource_schemas: [2, '{Schema}'],
    data_source_schemas: [3, '{Schema}'],
    diagnostics: [4, '[Diagnostic]'],
  },
  PrepareQuestion: { config: [1, 'DynamicValue'] },
  PrepareAnswer: { prepared_config: [1, 'DynamicValue'], diagnostics: [2, '[Diagnostic]'] },
  ValidateQuestion: { type_name: [1, 'string'], config: [2, 'DynamicValue'] },
  ValidateAnswer: { diagnostics: [1, '[Diagnostic]'] },
  ConfigureQuestion: { terraform_version: [1, 'string'], config: [2, 'DynamicValue'] },
  UpgradeQuestion: { type_name: [1, 'string'], version: [2, 'int64'], raw_state: [3, 'RawState'] },
  UpgradeAnswer: { upgraded_state: [1, 'DynamicValue'], diagnostics: [2, '[Diagnostic]'] },
  ReadQuestion: { type_name: [1, 'string'], current_state: [2, 'DynamicValue'] },
  ReadAnswer: { new_state: [1, 'DynamicValue'], diagnostics: [2, '[Diagnostic]'] },
  PlanQuestion: { type_name: [1, 'string'], prior_state: [2, 'DynamicValue'], proposed_new_state: [3, 'DynamicValue'] },
  PlanAnswer: {
    planned_state: [1, 'DynamicValue'],
    diagnostics: [4, '[Diagnostic]'],
    legacy_type_system: [5, 'bool'],
  },
  ApplyQuestion: { type_name: [1, 'string'], prior_state: [2, 'DynamicValue'], planned_state: [3, 'DynamicValue'] },
  ApplyAnswer: { new_state: [1, 'DynamicValue'], diagnostics: [3, '[Diagnostic]'], legacy_type_system: [4, 'bool'] },
  StopAnswer: { Error: [1, 'string'] },
};

/** A field as protobuf loaders read it. */
interface Field {
  readonly id: number;
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
}

/** Call → question and answer. */
const CALLS: Readonly<Record<string, readonly [string, string]>> = {
  GetSchema: ['Nothing', 'SchemaAnswer'],
  PrepareProviderConfig: ['PrepareQuestion', 'PrepareAnswer'],
  ValidateResourceTypeConfig: ['ValidateQuestion', 'ValidateAnswer'],
  Configure: ['ConfigureQuestion', 'ValidateAnswer'],
  UpgradeResourceState: ['UpgradeQuestion', 'UpgradeAnswer'],
  ReadResource: ['ReadQuestion', 'ReadAnswer'],
  PlanResourceChange: ['PlanQuestion', 'PlanAnswer'],
  ApplyResourceChange: ['ApplyQuestion', 'ApplyAnswer'],
  Stop: ['Nothing', 'StopAnswer'],
};

/** Both services in the JSON form that protobuf loaders read. */
export const PROTOCOL = {
  nested: {
    tfplugin5: {
      nested: {
        ...Object.fromEntries(Object.entries(FIELDS).map(([name, fields]) => [name, { fields: eachField(fields) }])),
        Provider: {
          methods: Object.fromEntries(
            Object.entries(CALLS).map(([name, [requestType, responseType]]) => [name, { requestType, responseType }]),
          ),
        },
      },
    },
    // Without this call the command waits two seconds for every provider process that it ends.
    plugin: {
      nested: {
        Empty: { fields: {} },
        GRPCController: { methods: { Shutdown: { requestType: 'Empty', responseType: 'Empty' } } },
      },
    },
  },
};

function eachField(fields: Readonly<Record<string, readonly [number, string]>>): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).map(([name, [id, type]]) => [name, field(id, type)]));
}

function field(id: number, type: string): Field {
  const inner = type.slice(1, -1);
  if (type.startsWith('[')) return { id, type: inner, rule: 'repeated' };
  return type.startsWith('{') ? { id, type: inner, keyType: 'string' } : { id, type };
}
