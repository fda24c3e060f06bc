import fc from 'fast-check';
import { CLAIMS, prove } from '../../lib/proof';
import { page, sarif } from '../../lib/report';
import { ALL_OUT, closedCell, group, nat } from '../proof/templates';
import { templatesOf } from '../../lib/testing/templates';

const cell = { ...closedCell(), ...nat(), Group: group([ALL_OUT]) };
const types = [...new Set(Object.values(cell).map(({ Type }) => Type))];
const resources = fc.dictionary(
  fc.oneof(fc.constantFrom(...Object.keys(cell)), fc.string()),
  fc.record({ Type: fc.constantFrom(...types), Properties: fc.jsonValue({ maxDepth: 3 }) }),
);

test('a page and SARIF are made of any report, whatever the template and the baseline hold', () => {
  fc.assert(
    fc.property(resources, fc.jsonValue({ maxDepth: 3 }), fc.string(), (some, baseline, name) => {
      const document = { Resources: { ...cell, ...some } };
      const report = prove([{ name, document }], { baseline });
      const sources = [{ name, uri: name, text: JSON.stringify(document) }];
      expect(page({ report, claims: CLAIMS, templates: [name], version: '0' })).toMatch(/^<!doctype html>/);
      expect(JSON.parse(sarif({ report, claims: CLAIMS, sources, version: '0' }))).toMatchObject({ version: '2.1.0' });
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('no baseline that is malformed makes an open finding accepted', () => {
  const entries = fc.record({
    baseline: fc.constant(1),
    accepted: fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.oneof(entries, fc.jsonValue()), (baseline) => {
      const { remaining, findings } = prove([{ name: 't', document: { Resources: cell } }], { baseline });
      expect(remaining).toBe('open');
      expect(findings.filter(({ accepted }) => accepted)).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('whatever a test hands to toConfine is read or refused in a sentence', () => {
  fc.assert(
    fc.property(fc.anything(), (received) => {
      try {
        expect(Array.isArray(templatesOf(received))).toBe(true);
      } catch (error) {
        expect(String(error)).toMatch(/^TypeError: expected a template: /);
      }
    }),
    { numRuns: 200 },
  );
});
