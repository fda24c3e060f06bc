import * as fc from 'fast-check';
import { decide, definePolicy, type AgentRequest } from '../../lib/policy';
import { documents } from './generate';
import { opinion } from './oracle';
import { requestsFor } from './requests';

const POLICIES = 800;
const REQUESTS = 25;

test(`decide() agrees with the contract read a second time, on ${POLICIES * REQUESTS} policies and requests`, () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31);
  const verdicts = new Map<string, number>();
  const pairs = documents.chain((document) =>
    fc
      .array(requestsFor(document), { minLength: REQUESTS, maxLength: REQUESTS })
      .map((requests) => ({ document, requests })),
  );
  const law = fc.property(pairs, ({ document, requests }) => {
    const policy = definePolicy(document);
    for (const request of requests) {
      const decided = decide(policy, request);
      verdicts.set(decided.reason, (verdicts.get(decided.reason) ?? 0) + 1);
      const wanted = opinion(document, request);
      const got = {
        verdict: decided.verdict,
        ...(decided.verdict === 'allow'
          ? { upstream: decided.upstream, proven: decided.credential !== undefined }
          : {}),
      };
      if (JSON.stringify(got) !== JSON.stringify(wanted)) {
        throw new Error(`${describe1(request)}: decide ${JSON.stringify(decided)}, contract ${JSON.stringify(wanted)}`);
      }
    }
  });
  fc.assert(law, { numRuns: POLICIES, seed });
  const allowed = (verdicts.get('rule-matched') ?? 0) + (verdicts.get('passthrough') ?? 0);
  const all = [...verdicts.values()].reduce((sum, count) => sum + count, 0);
  console.info(`seed ${seed}: ${all} pairs, ${allowed} allowed, ${JSON.stringify(Object.fromEntries(verdicts))}`);
  expect(all).toBeGreaterThanOrEqual(20_000);
  expect(Math.min(allowed, all - allowed)).toBeGreaterThan(all / 10);
  // Every reason there is was given.
  expect(verdicts.size).toBe(16);
});

function describe1(request: AgentRequest): string {
  return JSON.stringify(request);
}
