import { Once } from './once';
import { isJsonObject, type Json, type JsonObject, own } from './template';
import { derived, present, type TerraformDocument, type TerraformResource } from './terraform-document';
import { dataValue, POLICY_DATA } from './terraform-data';
import { readText } from './terraform-text';
import { and, parameterUnknown, Reference, type Truth, Unknown, type Value, type ValueObject } from './value';

/** Settings of a resource that are Terraform's own, not the provider's. */
const META = new Set([
  '//',
  'count',
  'for_each',
  'lifecycle',
  'depends_on',
  'provider',
  'connection',
  'provisioner',
  'dynamic',
]);

/** Sections that make nothing but what is read, or nothing at all. */
const SECTIONS: ReadonlySet<string> = new Set([
  ...['//', 'resource', 'data', 'provider', 'variable', 'output', 'locals', 'terraform', 'module'],
  ...['import', 'removed', 'moved', 'check', 'ephemeral'],
]);

/** Reads Terraform's JSON configuration, such as `cdk.tf.json`: nothing is planned, so references stay references. */
export function readConfiguration(
  document: JsonObject,
  prefix: string,
  stated: ReadonlyMap<string, string>,
): TerraformDocument {
  const reader = new ConfigurationReader(document, prefix, stated);
  return { prefix, resources: reader.resources(), policies: reader.policies(), unread: reader.unread() };
}

class ConfigurationReader {
  private readonly raw = new Map<string, { type: string; body: JsonObject }>();
  private readonly once = new Once();
  private ofAws = false;

  constructor(
    private readonly document: JsonObject,
    private readonly prefix: string,
    private readonly stated: ReadonlyMap<string, string>,
  ) {
    for (const [type, named] of entriesOf(own(document, 'resource'))) {
      for (const [name, body] of entriesOf(named)) {
        const [only] = bodies(body);
        if (only) this.raw.set(`${type}.${name}`, { type, body: only });
      }
    }
  }

  resources(): TerraformResource[] {
    return [...this.raw].map(([address, { type, body }]) => this.resource(address, type, body));
  }

  policies(): TerraformResource[] {
    const data = entriesOf(own(this.document, 'data')).filter(([type]) => type === POLICY_DATA);
    return data.flatMap(([type, named]) =>
      entriesOf(named).flatMap(([name, body]) =>
        bodies(body)
          .slice(0, 1)
          .map((only) => this.resource(`data.${type}.${name}`, type, only)),
      ),
    );
  }

  private resource(address: string, type: string, body: JsonObject): TerraformResource {
    this.ofAws = type.startsWith('aws_');
    return {
      address,
      type,
      properties: this.properties(address, body),
      raw: body,
      exists: this.exists(address, body),
      unread: this.unreadBody(address, body),
    };
  }

  /** Modules: what they hold isn't in this document. Of what is taken over, or let go, nobody sees how it was made, or that it goes. */
  unread(): TerraformDocument['unread'] {
    return [...this.takenOver(), ...this.letGo(), ...this.modules(), ...this.run()];
  }

  /** Programs that are run to plan it, and sections that nobody knows. */
  private run(): TerraformDocument['unread'] {
    const programs = entriesOf(own(this.document, 'data'))
      .filter(([type]) => type === 'external' || type === 'local_command')
      .flatMap(([type, named]) => entriesOf(named).map(([name]) => `data.${type}.${name}`));
    const sections = Object.keys(this.document).filter((key) => !SECTIONS.has(key));
    return [...programs, ...sections].map((name) => {
      const id = this.prefix + name;
      return { id, by: name, truth: Unknown.of(`runs(${id})`, `what ${id} does opens nothing`) };
    });
  }

  private takenOver(): TerraformDocument['unread'] {
    return bodies(own(this.document, 'import') ?? null).map((one) => {
      const id = this.prefix + targetOf(own(one, 'to'));
      return { id, by: 'import', truth: Unknown.of(`imported(${id})`, `${id} was made as it is written here`) };
    });
  }

  private letGo(): TerraformDocument['unread'] {
    return bodies(own(this.document, 'removed') ?? null).map((one) => {
      const id = this.prefix + targetOf(own(one, 'from'));
      return { id, by: 'removed', truth: Unknown.of(`let-go(${id})`, `${id}, if the cloud keeps it, opens nothing`) };
    });
  }

  private modules(): TerraformDocument['unread'] {
    return entriesOf(own(this.document, 'module')).map(([name]) => {
      const id = `${this.prefix}module.${name}`;
      return {
        id,
        by: 'module',
        truth: Unknown.of(`module(${id})`, `${id}, whose resources only a plan shows, opens nothing`),
      };
    });
  }

  private properties(address: string, body: JsonObject): ValueObject {
    const written = Object.entries(body).filter(([key]) => !META.has(key));
    const dynamic = entriesOf(own(body, 'dynamic')).map(([key]) => [key, this.dynamic(address, key)] as const);
    const defaults = ['project', 'region'].flatMap((key) => {
      const value = this.ofAws || own(body, key) !== undefined ? undefined : this.byProvider(body, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    return present([...defaults, ...written.map(([key, value]) => [key, this.evaluate(value)] as const), ...dynamic]);
  }

  /** What a resource has of its provider's configuration: the one that it names, or the one without another name. */
  private byProvider(body: JsonObject, key: string): Value | undefined {
    const named = own(body, 'provider');
    const [kind, alias] = typeof named === 'string' ? named.replace(/^\$\{(.*)\}$/, '$1').split('.') : ['google'];
    const [only, second] = entriesOf(own(this.document, 'provider'))
      .filter(([name]) => name === kind)
      .flatMap(([, configured]) => bodies(configured))
      .filter((one) => own(one, 'alias') === alias);
    const value = second === undefined && only ? own(only, key) : undefined;
    if (value !== undefined) return this.evaluate(value);
    if (key !== 'project' || named === undefined) return undefined;
    return Unknown.of(`provider(${JSON.stringify(named)})`, `the provider ${JSON.stringify(named)} has that project`);
  }

  private dynamic(address: string, key: string): Unknown {
    const id = `${this.prefix}${address}.${key}`;
    return Unknown.of(`dynamic(${id})`, `the blocks ${id}, which are made by an expression, open nothing`);
  }

  private exists(address: string, body: JsonObject): Truth {
    const [only] = bodies(own(body, 'lifecycle') ?? null);
    return and(this.copies(address, body), this.isEnabled(address, only && own(only, 'enabled')));
  }

  /** OpenTofu makes a resource only where its `lifecycle` doesn't say otherwise. */
  private isEnabled(address: string, written: Json | undefined): Truth {
    if (written === undefined || /^(?:true|false)$/.test(String(written))) return String(written) !== 'false';
    return Unknown.of(`enabled(${this.prefix + address})`, `${this.prefix + address}, if it is made, opens nothing`);
  }

  private copies(address: string, body: JsonObject): Truth {
    const [count, each] = [own(body, 'count'), own(body, 'for_each')];
    if (count === undefined && each === undefined) return true;
    const evaluated = count === undefined ? undefined : this.evaluate(count);
    if (evaluated === 0 || evaluated === '0') return false;
    if (typeof evaluated === 'number') return true;
    const id = this.prefix + address;
    return Unknown.of(`count(${id})`, `however many ${id} there are, they open nothing`);
  }

  private unreadBody(address: string, body: JsonObject): Unknown | undefined {
    const nested = JSON.stringify(body).includes('"dynamic"');
    return nested ? this.dynamic(address, 'dynamic') : this.unwritten(address, body);
  }

  /** What a program does when it is made, and what stays as somebody else has set it. */
  private unwritten(address: string, body: JsonObject): Unknown | undefined {
    const id = this.prefix + address;
    if (own(body, 'provisioner') !== undefined)
      return Unknown.of(`provisioner(${id})`, `what ${id} runs when it is made opens nothing`);
    const ignored = bodies(own(body, 'lifecycle') ?? null).flatMap((one) => ignoredBy(own(one, 'ignore_changes')));
    if (this.ofAws || ignored.every((one) => HARMLESS.test(one))) return undefined;
    return Unknown.of(`ignored(${id})`, `${id} is as it is written, although changes to it are ignored`);
  }

  private evaluate(node: Json): Value {
    if (typeof node === 'string') return readText(node, (segments) => this.resolve(segments));
    if (typeof node !== 'object' || node === null) return node;
    if (Array.isArray(node)) return (node as readonly Json[]).map((one) => this.evaluate(one));
    if (!isJsonObject(node)) return null;
    const written = Object.entries(node).filter(([key]) => key !== '//' && key !== 'dynamic');
    const dynamic = entriesOf(own(node, 'dynamic')).map(([key]) => [key, this.dynamic('', key)] as const);
    return present([...written.map(([key, value]) => [key, this.evaluate(value)] as const), ...dynamic]);
  }

  private resolve(segments: readonly string[]): Value {
    const [first = '', second = '', ...rest] = segments;
    if (first === 'var') return rest.length > 0 ? this.unknown(segments) : this.variable(second);
    if (first === 'local')
      return rest.length > 0 ? this.unknown(segments) : this.named(`local.${second}`, this.local(second), segments);
    if (first === 'data') return dataValue(segments, this.prefix, this.stated) ?? this.unknown(segments);
    const address = `${first}.${second}`;
    const found = this.raw.get(address);
    if (!found) return this.unknown(segments);
    const path = rest.filter((one) => !one.startsWith('['));
    const [attribute] = path;
    const indexed = path.length < rest.length;
    // Of several copies, or of a part of a block, nobody knows which.
    if (attribute === undefined || path.length > 1 || path.includes('*')) return this.unknown(segments);
    if (indexed && (rest.length > 2 || this.isOneOfSeveral(found.body, rest))) return this.unknown(segments);
    return this.attribute(address, found, attribute);
  }

  /** Copies are one resource here: two of them, told apart by an index, aren't the same. The first of an unknown number is. */
  private isOneOfSeveral(body: JsonObject, rest: readonly string[]): boolean {
    if (this.ofAws) return false;
    if (own(body, 'for_each') !== undefined) return true;
    const count = own(body, 'count');
    return count === undefined ? false : Number(count) > 1 || !rest.includes('[0]');
  }

  private attribute(address: string, found: { type: string; body: JsonObject }, attribute: string): Value {
    const written = own(found.body, attribute);
    const copies = own(found.body, 'for_each') !== undefined || typeof own(found.body, 'count') === 'string';
    if (written !== undefined && written !== null && !copies)
      return this.named(`${address}.${attribute}`, written, [address, attribute]);
    const value = derived(found.type, attribute, (name) => {
      const its = own(found.body, name);
      return its === undefined
        ? this.byProvider(found.body, name)
        : this.named(`${address}.${name}`, its, [address, name]);
    });
    return value ?? new Reference('resource', this.prefix + address, attribute);
  }

  /** Evaluated once, and unknown where it leads back to itself. */
  private named(name: string, node: Json | undefined, segments: readonly string[]): Value {
    if (node === undefined) return this.unknown(segments);
    return this.once.value(`${name} ${this.ofAws}`, () => this.evaluate(node)) ?? null;
  }

  private local(name: string): Json | undefined {
    const locals = bodies(own(this.document, 'locals') ?? null);
    return locals.map((one) => own(one, name)).find((one) => one !== undefined);
  }

  /** Within a text of AWS's, such as a policy, what stands around a variable is read all the same. */
  private variable(name: string): Value {
    const key = this.prefix + name;
    const parameter = new Reference('parameter', key, 'Ref');
    return this.stated.get(key) ?? (this.ofAws ? parameter : parameterUnknown(parameter));
  }

  private unknown(segments: readonly string[]): Unknown {
    const name = segments.join('.').replaceAll('.[', '[');
    return Unknown.of(
      `value(${this.prefix}${name})`,
      `the value of ${name}, which this document doesn’t hold, keeps this closed`,
    );
  }
}

/** Settings that hold nothing closed, and that others change. */
const HARMLESS = /^(?:client|client_version|labels|annotations|tags_all|target_size|scaling\b.*)$/;

function ignoredBy(written: Json | undefined): readonly string[] {
  return Array.isArray(written)
    ? (written as readonly Json[]).map(String)
    : written === undefined
      ? []
      : [JSON.stringify(written)];
}

function targetOf(written: Json | undefined): string {
  return typeof written === 'string' ? written : 'a resource';
}

function entriesOf(node: Json | undefined): [string, Json][] {
  // Older writers wrap a section's objects into lists.
  if (Array.isArray(node)) return (node as readonly Json[]).flatMap((one) => entriesOf(one));
  return isJsonObject(node) ? Object.entries(node) : [];
}

/** A block's bodies: written as one object or as a list of them. */
function bodies(node: Json): JsonObject[] {
  const listed: readonly Json[] = Array.isArray(node) ? (node as readonly Json[]) : [node];
  return listed.filter(isJsonObject);
}
