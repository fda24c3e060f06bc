import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { blocksOf, ROOT } from './blocks';

/** Each entry of the package by its name, and the source behind it. */
function entries(): Record<string, readonly [string]> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const source = (types: string): string => join(ROOT, types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts'));
  return Object.fromEntries(
    Object.entries<unknown>(exports).flatMap(([name, entry]) =>
      typeof entry === 'object' && entry !== null && 'types' in entry
        ? [[`anchorhold${name.slice(1)}`, [source(String(entry.types))]]]
        : [],
    ),
  );
}

/** What the compiler says of some texts, each a module of its own that imports the package by its name. */
function complaints(texts: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-docs-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const files = texts.map((_text, at) => join(folder, `block-${at}.cts`));
  files.forEach((path, at) => writeFileSync(path, `${texts[at] ?? ''}\nexport {};\n`));
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  const own = { paths: entries(), noEmit: true, rootDir: '/', noUnusedLocals: false, declaration: false };
  const { options } = ts.convertCompilerOptionsFromJson({ ...compilerOptions, ...own }, ROOT);
  const program = ts.createProgram(files, options);
  return files.flatMap((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(path))
      .concat(program.getSyntacticDiagnostics(program.getSourceFile(path)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
  );
}

test('every TypeScript block of the pages compiles', () => {
  const blocks = blocksOf('ts', 'typescript');
  expect(blocks.length).toBeGreaterThan(0);
  expect(complaints(blocks.map(({ text }) => text))).toEqual([]);
});

test('one that is wrong is found', () => {
  const wrong =
    "import { definePolicy } from 'anchorhold';\nexport const name: number = definePolicy('policy: 1').name;";
  expect(complaints([wrong])).toEqual(["Type 'string' is not assignable to type 'number'."]);
});
