import type { Resource } from '../templates';
import { blocks, setting } from '../terraform-blocks';
import { isObject, type Truth, Unknown, unknownIn, type Value, type ValueObject } from '../value';
import { isComputed, type Names } from './names';

/** A resource as the model reads it. */
export interface Emitted {
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  /** @default - as sure as what it is translated from */
  readonly exists?: Truth;
}

/** Properties of which some may be absent. */
export type Properties = Readonly<Record<string, Value | undefined>>;

/** How resources of some types are translated. */
export type Translators = Readonly<Record<string, (source: Source) => readonly Emitted[]>>;

/** A resource or block of Terraform's, asked for its settings in the model's words. */
export class Source {
  constructor(
    readonly resource: Resource,
    readonly names: Names,
    /** Where it stands in reports. */
    readonly id: string = resource.id,
    private readonly settings: ValueObject = resource.properties,
  ) {}

  /** A setting as it is; undefined where nothing is written. */
  value(...path: readonly string[]): Value | undefined {
    const found = setting(this.settings, ...path);
    return found === null || isComputed(found) ? undefined : found;
  }

  /** A setting as the reader left it, also one that the provider fills in. */
  raw(name: string): Value | undefined {
    return this.settings[name];
  }

  /** A number, a switch or a word: a reference says nothing of it. */
  plain(...path: readonly string[]): Value | undefined {
    const found = this.value(...path);
    const isPlain = found === undefined || typeof found !== 'object' || found instanceof Unknown;
    return isPlain ? found : (unknownIn(found) ?? unknownAt(this.at(path)));
  }

  /** A switch, in either writing; off where nothing is said. */
  on(name: string): boolean | Unknown {
    const found = this.plain(name);
    if (found === undefined || found === false || found === 'false') return false;
    if (found === true || found === 'true') return true;
    return found instanceof Unknown ? found : unknownAt(this.at([name]));
  }

  /** What a setting names. */
  ref(name: string, ...types: readonly string[]): Value | undefined {
    return this.names.refer(this.value(name), this.at([name]), ...types);
  }

  /** What a list of names names. */
  refs(name: string, ...types: readonly string[]): readonly Value[] | Unknown | undefined {
    return this.names.list(this.value(name), this.at([name]), ...types);
  }

  /** Blocks of a name, each a source of its own; one that isn't known is unknown. */
  blocks(name: string): readonly (Source | Unknown)[] {
    const found = setting(this.settings, name);
    return blocks(found).map((one, index) => {
      const id = `${this.id}.${name}[${index}]`;
      if (isObject(one)) return new Source(this.resource, this.names, id, one);
      return one instanceof Unknown ? one : unknownAt(id);
    });
  }

  /** The one block of a name; undefined where there is none. */
  block(name: string): Source | Unknown | undefined {
    const [only, second] = this.blocks(name);
    return second === undefined ? only : unknownAt(this.at([name]));
  }

  at(path: readonly string[]): string {
    return [this.id, ...path].join('.');
  }
}

/** What can't be read where it stands. */
export function unknownAt(at: string): Unknown {
  return Unknown.of(`value(${at})`, `the value of ${at}, which the documents don’t hold, keeps this closed`);
}
