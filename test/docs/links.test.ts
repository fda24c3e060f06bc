import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pages, ROOT } from './blocks';

/** Text without its blocks and spans of code. */
function prose(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, (span) => span.replace(/[[\]()]/g, ''));
}

/** The anchors that a page's headings get. */
function anchorsOf(path: string): readonly string[] {
  const headings = [...prose(readFileSync(path, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(({ 1: text = '' }) => text);
  return headings.map((text) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Each link of a page that leads nowhere. */
function broken(page: string, text = readFileSync(page, 'utf8')): readonly string[] {
  const links = [...prose(text).matchAll(/\]\(([^)]+)\)/g)].map(({ 1: link = '' }) => link);
  return links
    .filter((link) => !/^https:/.test(link))
    .filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : resolve(dirname(page), file);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    })
    .map((link) => `${relative(ROOT, page)}: ${link}`);
}

/** Each file of ours that a page names and that isn't there. */
function missing(page: string): readonly string[] {
  const named = /`((?:lib|test|docs|examples|bin|bench|scripts|images|schemas)\/[\w./-]+)`/g;
  return [...readFileSync(page, 'utf8').matchAll(named)]
    .map(({ 1: path = '' }) => path)
    .filter((path) => !existsSync(join(ROOT, path)))
    .map((path) => `${relative(ROOT, page)}: ${path}`);
}

test('every link of the pages leads to a page and a heading that are there', () => {
  expect(pages().flatMap((page) => broken(page))).toEqual([]);
});

test('a link that leads nowhere is found, and one in code is none', () => {
  const text = '[a](gone.md) [b](README.md#gone) [c](README.md#layout) `[d](e)`';
  expect(broken(join(ROOT, 'x.md'), text)).toEqual(['x.md: gone.md', 'x.md: README.md#gone']);
});

test('every file that a page names is there', () => {
  expect(pages().flatMap(missing)).toEqual([]);
});
