/** Where keys and elements stand in a text: by their path from the root, e.g. `['Resources', 'Vpc', 'Properties', 'Tags', '0']`. */
export type Positions = (path: readonly string[]) => Position | undefined;

/** Both from 1; columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface Open {
  readonly path: string;
  /** Number of the next element; undefined in an object. */
  next: number | undefined;
  key: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * Positions in a text that `JSON.parse` takes. (A YAML reader reads JSON too, at 0.3 MB/s; templates have several MB.) A key
 * that stands twice is where its last value is, as `JSON.parse` reads it.
 */
export function jsonPositions(text: string): Positions {
  const offsets = new Map<string, number>();
  const stack: Open[] = [];
  let named: number | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const inside = stack.at(-1);
    if (token === '}' || token === ']') stack.pop();
    else if (token === ',') {
      named = undefined;
      if (inside?.next !== undefined) inside.next += 1;
    } else if (token !== ':') {
      if (inside && inside.next === undefined && named === undefined) {
        // What JSON.parse has taken has a string for each key.
        inside.key = JSON.parse(token) as string;
        named = index;
        continue;
      }
      const path = pathOf(inside);
      offsets.set(path, named ?? index);
      if (token === '{' || token === '[') stack.push({ path, next: token === '[' ? 0 : undefined, key: '' });
      named = undefined;
    }
  }
  const lines = lineStarts(text);
  return (path) => {
    const offset = offsets.get(path.map((key) => SEPARATOR + key).join(''));
    return offset === undefined ? undefined : positionAt(lines, offset);
  };
}

const SEPARATOR = '\u0000';

function pathOf(inside: Open | undefined): string {
  return inside ? inside.path + SEPARATOR + (inside.next ?? inside.key) : '';
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function positionAt(starts: readonly number[], offset: number): Position {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
