import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  /** `README.md:9`. */
  readonly where: string;
  readonly language: string;
  readonly text: string;
}

/** Every fenced block of the pages a reader is given. */
export function blocksOf(...languages: readonly string[]): readonly Block[] {
  return pages()
    .flatMap((page) => blocksIn(relative(ROOT, page), readFileSync(page, 'utf8')))
    .filter(({ language }) => languages.includes(language));
}

export function blocksIn(page: string, text: string): readonly Block[] {
  return [...text.matchAll(/^```(\w+)[^\n]*\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: body = '', index }) => ({
    where: `${page}:${text.slice(0, index).split('\n').length}`,
    language,
    text: body,
  }));
}

/** The pages a reader is given. */
export function pages(): readonly string[] {
  const top = readdirSync(ROOT).filter((name) => name.endsWith('.md'));
  const below = ['docs', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules') && !name.includes('.out/'))
      .map((name) => join(folder, name)),
  );
  return [...top, ...below].map((name) => join(ROOT, name));
}
