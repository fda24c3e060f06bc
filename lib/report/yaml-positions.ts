import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import type { Positions } from './json-positions';

/** Positions in a text of YAML; none in one that can't be read. */
export function yamlPositions(text: string): Positions {
  const lineCounter = new LineCounter();
  // A look for equal keys costs the square of a mapping's size; the text has been read with it before.
  const { contents } = parseDocument(text, { lineCounter, uniqueKeys: false, logLevel: 'error' });
  return (path) => {
    const offset = offsetOf(contents, path);
    if (offset === undefined) return undefined;
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
}

/** Where the key, or the element, of a path begins. */
function offsetOf(root: Node | null, path: readonly string[]): number | undefined {
  let node: unknown = root;
  let offset: number | undefined;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = rangeOf(node);
    } else return undefined;
    if (offset === undefined) return undefined;
  }
  return offset;
}

function rangeOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range?.[0] : undefined;
}
