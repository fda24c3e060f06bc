import { checkPolicy } from '../../lib/policy';

/** Seconds of processor time, which a busy machine doesn't stretch. */
function cost(input: unknown): number {
  const start = process.cpuUsage();
  checkPolicy(input);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const upstreams = Array.from({ length: 5000 }, (_, i) => ({
  host: `h${i}.example.com`,
  prefix: `/p${i}`,
  credential: { bearer: `key-${i}` },
  rules: ['POST /v1/messages', 'GET /v1/models', 'GET /v1/models/*', 'GET /v1/**'],
}));

// The bounds are ten times and more what a quiet machine takes: they catch a square, not a percent.
test.each<[string, unknown, number]>([
  ['5,000 upstreams', { policy: 1, name: 'a', upstreams }, 8],
  ['5,000 upstreams in JSON', JSON.stringify({ policy: 1, name: 'a', upstreams }), 8],
  ['100,000 open brackets', '['.repeat(100_000), 5],
  ['100,000 dashes', '- '.repeat(100_000), 5],
  ['20,000 keys', Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n'), 12],
  ['20,000 tags', Array.from({ length: 20_000 }, () => '- !a 1').join('\n'), 8],
  ['half a mebibyte of colons after a scheme', `a: "://${':'.repeat(500_000)}"`, 5],
  [
    '1,000 rules with a star each',
    {
      policy: 1,
      name: 'a',
      upstreams: [{ host: 'a.example', rules: Array.from({ length: 1000 }, (_, i) => `GET /v1/${i}/*`) }],
    },
    5,
  ],
])('%s are read in time', (_, input, seconds) => {
  expect(cost(input)).toBeLessThan(seconds);
});
