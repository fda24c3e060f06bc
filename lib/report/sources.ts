import { jsonPositions, type Position, type Positions } from './json-positions';
import { yamlPositions } from './yaml-positions';

/** A template's text and what a reviewer calls its file. */
export interface Source {
  /** As it stands before logical ids where several templates are read. */
  readonly name: string;
  /** Relative to the root of the source, with `/`; or absolute with `file:`. */
  readonly uri: string;
  readonly text: string;
}

/** Where something stands; without a position, the file alone is known. */
export interface SourcePlace extends Partial<Position> {
  readonly uri: string;
}

/** Finds ids of a report, and properties as hops name them, in the templates' texts. */
export class Sources {
  private readonly positions = new Map<Source, Positions>();

  constructor(private readonly sources: readonly Source[]) {}

  /**
   * The property a hop names, else the resource; undefined for an id of no resource, such as `the internet`.
   * @param by as in `Hop`; its beginning is a path of properties where it names one.
   */
  find(id: string, by = ''): SourcePlace | undefined {
    const [source, own] = this.owner(id);
    if (!source) return undefined;
    const positions = this.positionsOf(source);
    const [type = '', name = '', ...inner] = own.split('.');
    const cloudFormation = ['Resources', own];
    const terraform = (named: string) => ['resource', type, named];
    const blocks = inner.join('.');
    for (const [root, properties, path] of [
      [cloudFormation, [...cloudFormation, 'Properties'], by],
      [terraform([name, ...inner].join('.')), terraform([name, ...inner].join('.')), by],
      // A block of a resource is a hop of its own.
      [terraform(name), terraform(name), blocks],
    ] as const) {
      const resource = positions(root);
      if (!resource) continue;
      return { uri: source.uri, ...(longest(positions, properties, path) ?? resource) };
    }
    return undefined;
  }

  /** Where a finding goes that stands nowhere else. */
  first(): SourcePlace | undefined {
    const [source] = this.sources;
    return source && { uri: source.uri };
  }

  private owner(id: string): [Source | undefined, string] {
    const [first, ...others] = this.sources;
    if (others.length === 0) return [first, id];
    const named = this.sources.filter(({ name }) => id.startsWith(`${name}/`));
    const [source] = named.sort((a, b) => b.name.length - a.name.length);
    return [source, source ? id.slice(source.name.length + 1) : id];
  }

  private positionsOf(source: Source): Positions {
    const known = this.positions.get(source);
    if (known) return known;
    const read = isJson(source.text) ? jsonPositions(source.text) : yamlPositions(source.text);
    this.positions.set(source, read);
    return read;
  }
}

/** As much of the properties' path as the text has. */
function longest(positions: Positions, root: readonly string[], by: string): Position | undefined {
  const written = /^[A-Za-z]\w*(?:\.\w+|\[\d+\])*/.exec(by)?.[0] ?? '';
  const steps = written.split(/[.[\]]+/).filter(Boolean);
  let found: Position | undefined;
  for (let length = 1; length <= steps.length; length += 1) {
    const next = positions([...root, ...steps.slice(0, length)]);
    if (!next) break;
    found = next;
  }
  return found;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
