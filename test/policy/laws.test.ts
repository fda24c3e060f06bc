import * as fc from 'fast-check';
import { stringify } from 'yaml';
import {
  checkPolicy,
  decide,
  definePolicy,
  toDocument,
  type PolicyDocument,
  type UpstreamEntry,
} from '../../lib/policy';
import { narrower, repeated, shuffled, withJunk } from './change';
import { documents } from './generate';
import { opinion } from './oracle';
import { requestsFor } from './requests';

const RUNS = { numRuns: 120 };
const DEFAULT_LIMITS = { requestsPerSecond: 50, requestBytes: 33554432, idleSeconds: 600 };
/** Any number a law may need, so that shuffling shrinks with the document. */
const chance = fc.infiniteStream(fc.nat());

/** Order counts: the same data in another order would compile to other bytes. Thousands of times, so not by `expect`. */
function same(got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) expect(got).toEqual(wanted);
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error('equal but for the order of keys');
}

function law(change: (document: PolicyDocument, next: () => number) => PolicyDocument): void {
  fc.assert(
    fc.property(documents, chance, (document, numbers) => {
      const next = () => Number(numbers.next().value);
      same(definePolicy(change(document, next)), definePolicy(document));
    }),
    RUNS,
  );
}

test('the normal form, written as a document, is its own normal form', () => {
  law((document) => toDocument(definePolicy(document)));
});

test('the order of entries, rules, patterns, scopes and keys leaves no trace', () => {
  law((document, next) => shuffled(document, next) as PolicyDocument);
});

test('entries, rules and patterns written again leave no trace', () => {
  law((document, next) => ({
    ...document,
    upstreams: document.upstreams.flatMap((entry) => {
      const again = repeated(entry, next);
      return next() % 2 === 0 ? [again] : [again, entry];
    }),
  }));
});

test('one entry and the same rules spread over several are the same', () => {
  law((document) => ({
    ...document,
    upstreams: document.upstreams.flatMap((entry): UpstreamEntry[] =>
      'rules' in entry && Array.isArray(entry.rules)
        ? entry.rules.map((rule) => ({ ...entry, rules: [String(rule)] }))
        : [entry],
    ),
  }));
});

test('defaults written out leave no trace', () => {
  law((document) => ({
    ...document,
    limits: { ...DEFAULT_LIMITS, ...document.limits },
    upstreams: document.upstreams.map((entry): UpstreamEntry => {
      const shared = { port: 443, addresses: 'public' as const, limits: {} };
      if ('tls' in entry && entry.tls === 'passthrough') return { ...shared, ...entry };
      const seen = { ...shared, headers: { deny: [], set: {} }, response: { scrub: 'credential' in entry } };
      if (!('rules' in entry)) return { ...seen, ...entry };
      return { ...seen, tls: 'intercept', agentCredentials: 'strip', websocket: false, ...entry };
    }),
  }));
});

test('a rule that another covers leaves no trace', () => {
  law((document, next) => ({
    ...document,
    upstreams: document.upstreams.map((entry): UpstreamEntry => {
      if (!('rules' in entry) || !Array.isArray(entry.rules)) return entry;
      const rules = entry.rules.map(String);
      return { ...entry, rules: [...rules, ...rules.map((rule) => narrower(rule, next))] };
    }),
  }));
});

test('text and value are the same policy: JSON, YAML, and what a JSON round trip leaves', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const policy = definePolicy(document);
      same(definePolicy(JSON.stringify(document)), policy);
      same(definePolicy(stringify(document)), policy);
      same(JSON.parse(JSON.stringify(policy)), policy);
    }),
    { numRuns: 60 },
  );
});

test('normalising keeps every decision, which the contract read a second time makes on the document as written', () => {
  fc.assert(
    fc.property(
      documents.chain((document) =>
        fc.tuple(fc.constant(document), fc.array(requestsFor(document), { minLength: 8, maxLength: 8 })),
      ),
      ([document, requests]) => {
        const policy = definePolicy(document);
        const again = definePolicy(toDocument(policy));
        for (const request of requests) {
          const decision = decide(policy, request);
          same(decide(again, request), decision);
          same(decision.verdict, opinion(document, request).verdict);
        }
      },
    ),
    RUNS,
  );
});

test('documents that decide differently have different digests', () => {
  fc.assert(
    fc.property(documents, documents, (a, b) => {
      const [one, other] = [definePolicy(a), definePolicy(b)];
      expect(one.digest === other.digest).toBe(JSON.stringify(toDocument(one)) === JSON.stringify(toDocument(other)));
    }),
    RUNS,
  );
});

test('arbitrary values are refused with problems and never with another error', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
    maxDepth: 4,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), anything, fc.string()), (value) => {
      expect(checkPolicy(value).problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 300 },
  );
});

test('a sound document with one place changed to anything is a policy or has problems, and never another error', () => {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1e400,
      NaN,
      true,
      [],
      {},
      [[]],
      [null],
      { a: 1 },
      '\0',
      '*',
      '/',
      'é',
      '\ud800',
    ),
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.jsonValue({ maxDepth: 2 }),
  );
  fc.assert(
    fc.property(documents, chance, junk, (document, numbers, value) => {
      expect(checkPolicy(document).problems).toEqual([]);
      const changed = withJunk(document, value, () => Number(numbers.next().value));
      const { problems, policy } = checkPolicy(changed);
      expect(problems.length === 0).toBe(policy !== undefined);
      expect(problems.every(({ message, code }) => message.endsWith(`[${code}]`))).toBe(true);
      // Control characters would forge a second line.
      expect(problems.every(({ message }) => /^[\x20-\x7e…]*$/.test(message))).toBe(true);
      if (policy !== undefined) same(definePolicy(toDocument(policy)), policy);
    }),
    { numRuns: 300 },
  );
});
