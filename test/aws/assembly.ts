import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file that a synth left in a folder, by its path in it. */
export function assembly(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1)).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'latin1')]));
}

/** Files of either that the other doesn't have with the same bytes. */
export function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
}

/** Files that hold one of the texts. */
export function holding(files: ReadonlyMap<string, string>, texts: readonly (string | RegExp)[]): string[] {
  const holds = (content: string) =>
    texts.some((text) => content.search(text instanceof RegExp ? text : literal(text)) >= 0);
  return [...files].filter(([, content]) => holds(content)).map(([path]) => path);
}

const literal = (text: string) => new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
