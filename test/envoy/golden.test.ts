import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from '../../lib/envoy';
import { goldenCases } from './golden-cases';

describe('compile', () => {
  test.each(goldenCases().map((one) => [one.name, one] as const))('writes the bootstrap of golden/%s', (_, one) => {
    const pretty = `${JSON.stringify(JSON.parse(one.compiled.bootstrap), undefined, 1)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(one.file, pretty);
    expect(pretty).toBe(readFileSync(one.file, 'utf8'));
  });

  test.each(goldenCases().map((one) => [one.name, one] as const))('writes golden/%s the same each time', (_, one) => {
    expect(compile(JSON.parse(JSON.stringify(one.policy)))).toEqual(one.compiled);
  });
});
