import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
const LIB = join(ROOT, 'lib');

const sources = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => join(LIB, path));

/** What a caller writes; what a caller is given may be absent without a default. */
const WRITTEN = /(Props|Options|Flags|Start|Parts|Entry)$/;

/** Optional members of such interfaces whose comment doesn't say what holds without them. */
function withoutDefault(path: string, text = readFileSync(path, 'utf8')): readonly string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return file.statements
    .filter(ts.isInterfaceDeclaration)
    .filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .filter((node) => WRITTEN.test(node.name.text))
    .flatMap((node) => node.members.map((member) => ({ node, member })))
    .filter(({ member }) => ts.isPropertySignature(member) && member.questionToken !== undefined)
    .filter(({ member }) => !text.slice(member.getFullStart(), member.getStart(file)).includes('@default'))
    .map(({ node, member }) => `${relative(ROOT, path)}: ${node.name.text}.${member.name?.getText(file) ?? '?'}`);
}

test('every optional property that a caller may write says what holds without it', () => {
  expect(sources.flatMap((path) => withoutDefault(path))).toEqual([]);
});

test('one that does not is found', () => {
  const text =
    'export interface AProps { /** Words. @default 1 */ readonly a?: number; /** Words. */ readonly b?: number; readonly c: number }';
  expect(withoutDefault(join(LIB, 'x.ts'), text)).toEqual(['lib/x.ts: AProps.b']);
});
