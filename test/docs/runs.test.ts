import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { blocksOf } from './blocks';

/** The blocks of a reader's first minutes: they must not only compile. */
const blocks = blocksOf('ts').filter(({ where }) => /^(README|docs\/gcp)\.md/.test(where));

// where a block that synthesizes writes to
process.env['CDKTF_OUTDIR'] = mkdtempSync(join(tmpdir(), 'anchorhold-docs-'));

/** What a block imports: the package's entries are the sources behind them. */
function imported(name: string): unknown {
  return jest.requireActual<object>(name.replace(/^anchorhold/, '../../lib'));
}

function run(text: string): readonly unknown[] {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const said: unknown[] = [];
  // The block is a text of this repository's own pages.
  const block = new Function('require', 'exports', 'console', outputText);
  block(imported, {}, { log: (...words: unknown[]) => said.push(words.join(' ')) });
  return said;
}

test('the README has two, Google Cloud’s page one', () => {
  expect(blocks.map(({ where }) => where.split(':')[0])).toEqual(['README.md', 'README.md', 'docs/gcp.md']);
});

test.each(blocks.map(({ where, text }) => [where, text] as const))('the block at %s runs', (_where, text) => {
  expect(run(text)).toEqual(text.includes('console.log') ? ['deny path-not-allowed'] : []);
});
