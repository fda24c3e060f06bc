import fc from 'fast-check';
import { packFiles, unpackFiles } from '../../lib/aws';

test('gives back what it packed, byte for byte', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z./]{1,20}$/), fc.string({ unit: 'binary' })), (files) => {
      expect(unpackFiles(packFiles(files))).toEqual({ ...files });
    }),
  );
});

test('packs the same files to the same text, whatever their order', () => {
  expect(packFiles({ a: '1', b: '2' })).toBe(packFiles({ b: '2', a: '1' }));
});

test('refuses what is not a table of texts', () => {
  expect(() => unpackFiles('bm90IGd6aXA=')).toThrow();
});
