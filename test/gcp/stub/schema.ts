import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One attribute as the command asks for it, and the values its documentation lists. */
export interface Attribute {
  readonly name: string;
  /** Terraform's own JSON for a type. */
  readonly type: string;
  readonly required: boolean;
  readonly optional: boolean;
  readonly computed: boolean;
  readonly values?: readonly string[];
}

export interface Nested {
  readonly name: string;
  readonly block: Block;
  readonly nesting: 'single' | 'list' | 'set';
  readonly required: boolean;
  /** Whether there may be more than one. */
  readonly many: boolean;
}

export interface Block {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Nested[];
}

/** What one interface of the bindings says of a setting. */
interface Setting {
  readonly required: boolean;
  readonly values?: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly value: string;
  readonly isBlock: boolean;
  readonly type: string;
  readonly storage: string;
}

const LIB = join(dirname(require.resolve('@cdktf/provider-google/package.json')), 'lib');

/** The bindings don't say which optional attributes the provider fills in; all others stay plain, so that drift on them is seen. */
const FILLED_IN = new Set(['id', 'name', 'project', 'region', 'zone', 'location', 'network', 'ip_address', 'address']);

const SCALARS: Readonly<Record<string, string>> = {
  string: '"string"',
  number: '"number"',
  boolean: '"bool"',
  any: '"dynamic"',
  stringMap: '["map","string"]',
  numberMap: '["map","number"]',
  booleanMap: '["map","bool"]',
};
const ELEMENTS: Readonly<Record<string, string>> = { stringList: 'string', numberList: 'number', booleanList: 'bool' };

/** The schema of one resource type, out of the installed bindings, so that it follows their version. */
export function resourceSchema(type: string): Block {
  const folder = type.replace(/^google_/, '').replace(/_/g, '-');
  const at = [folder, `google-${folder}`].map((name) => join(LIB, name)).find((path) => existsSync(path));
  if (at === undefined) throw new Error(`no bindings of ${type}`);
  const source = readFileSync(join(at, 'index.js'), 'utf8');
  const types = readFileSync(join(at, 'index.d.ts'), 'utf8');
  const interfaces = readInterfaces(types);
  const structs = new Map(
    [...source.matchAll(/function (\w+)ToHclTerraform\(struct\) \{([\s\S]*?)\n\}/g)].map((m) => [
      m[1] ?? '',
      m[2] ?? '',
    ]),
  );
  const config = /interface (\w+Config) extends cdktf\.TerraformMetaArguments/.exec(types)?.[1] ?? '';
  const root = readBlock(entries(/synthesizeHclAttributes\(\) \{([\s\S]*?)\n {4}\}/.exec(source)?.[1] ?? ''), config);
  return { ...root, attributes: [...root.attributes, ...readComputed(types, root)] };

  function readBlock(found: readonly Entry[], name: string): Block {
    const settings = interfaces.get(name) ?? new Map<string, Setting>();
    return {
      attributes: found
        .filter((entry) => !entry.isBlock)
        .map((entry) => readAttribute(entry, settings.get(entry.name))),
      blocks: found.filter((entry) => entry.isBlock).map((entry) => readNested(entry, settings.get(entry.name))),
    };
  }

  function readNested(entry: Entry, setting: Setting | undefined): Nested {
    const struct = /(\w+)ToHclTerraform/.exec(entry.value)?.[1] ?? '';
    const body = structs.get(struct);
    const single = entry.type === 'struct';
    return {
      name: entry.name,
      block:
        body === undefined
          ? { attributes: [], blocks: [] }
          : readBlock(entries(body), struct[0]?.toUpperCase() + struct.slice(1)),
      nesting: single ? 'single' : entry.type === 'set' ? 'set' : 'list',
      required: setting?.required === true && !single,
      many: !single && entry.value.includes('listMapperHcl'),
    };
  }
}

/** Every setting of a provider's own block. */
export function providerSchema(): Block {
  const types = readFileSync(join(LIB, 'provider/index.d.ts'), 'utf8');
  const found = new Map(
    [...types.matchAll(/readonly (\w+)\?: (string|boolean)/g)].map((m) => [snake(m[1] ?? ''), m[2]]),
  );
  found.delete('alias');
  return {
    attributes: [...found].map(([name, type]) => ({
      name,
      type: type === 'string' ? '"string"' : '"bool"',
      required: false,
      optional: true,
      computed: false,
    })),
    blocks: [],
  };
}

function readAttribute(entry: Entry, setting: Setting | undefined): Attribute {
  const required = setting?.required === true;
  return {
    name: entry.name,
    type: attributeType(entry),
    required,
    optional: !required,
    computed: !required && FILLED_IN.has(entry.name),
    ...(setting?.values ? { values: setting.values } : {}),
  };
}

/** What only the provider knows: getters of the class that no setting has. */
function readComputed(types: string, root: Block): Attribute[] {
  const known = new Set([...root.attributes, ...root.blocks].map(({ name }) => name));
  const body = /export declare class \w+ extends cdktf\.TerraformResource \{([\s\S]*?)\n\}/.exec(types)?.[1] ?? '';
  return [...body.matchAll(/get (\w+)\(\): ([^;]+);/g)]
    .filter(([, getter]) => !getter?.endsWith('Input') && !known.has(snake(getter ?? '')))
    .map(([, getter, type]) => ({
      name: snake(getter ?? ''),
      type: computedType(type ?? ''),
      required: false,
      optional: false,
      computed: true,
    }));
}

function computedType(type: string): string {
  if (type === 'string') return '"string"';
  if (type === 'number') return '"number"';
  if (/boolean|IResolvable/.test(type)) return '"bool"';
  if (type === 'string[]') return '["list","string"]';
  return type.includes('StringMap') ? '["map","string"]' : '"dynamic"';
}

function attributeType({ type, storage }: Entry): string {
  const scalar = SCALARS[storage];
  if (scalar !== undefined && type !== 'list' && type !== 'set') return scalar;
  const element = ELEMENTS[storage];
  return element === undefined ? '"dynamic"' : `["${type === 'set' ? 'set' : 'list'}","${element}"]`;
}

function readInterfaces(types: string): ReadonlyMap<string, ReadonlyMap<string, Setting>> {
  const found = new Map<string, Map<string, Setting>>();
  for (const [, name, body] of types.matchAll(/export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g)) {
    const settings = new Map<string, Setting>();
    for (const [, doc, prop, mark] of (body ?? '').matchAll(
      /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?readonly (\w+)(\??):/g,
    )) {
      const listed = /Possible values: \[([^\]]*)\]/.exec(doc ?? '')?.[1];
      const values = listed === undefined ? undefined : [...listed.matchAll(/"([^"]*)"/g)].map((m) => m[1] ?? '');
      settings.set(snake(prop ?? ''), { required: mark !== '?', ...(values ? { values } : {}) });
    }
    found.set(name ?? '', settings);
  }
  return found;
}

function entries(body: string): readonly Entry[] {
  const line =
    /^\s+(\w+): \{\s*value: ([\s\S]*?),\s*isBlock: (true|false),\s*type: "(\w+)",\s*storageClassType: "(\w+)"/gm;
  return [...body.matchAll(line)].map(([, name, value, isBlock, type, storage]) => ({
    name: name ?? '',
    value: value ?? '',
    isBlock: isBlock === 'true',
    type: type ?? '',
    storage: storage ?? '',
  }));
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
