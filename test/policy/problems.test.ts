import { checkPolicy, definePolicy, PROBLEM_CODES, PolicyError } from '../../lib/policy';
import { ADDRESSES } from './problems/addresses';
import { CREDENTIAL } from './problems/credential';
import { DOCUMENT } from './problems/document';
import { FOREIGN } from './problems/foreign';
import { GIT_HOST } from './problems/git-host';
import { HEADERS } from './problems/headers';
import { HOST } from './problems/host';
import { LIMITS } from './problems/limits';
import { OVERLAP } from './problems/overlap';
import { PASSTHROUGH } from './problems/passthrough';
import { PORT } from './problems/port';
import { PRESET } from './problems/preset';
import { REACH } from './problems/reach';
import { RULE } from './problems/rule';
import { TOP } from './problems/top';
import { WILDCARD } from './problems/wildcard';
import { entry, git, host, preset, whole, type Refusal } from './problems/writing';

const SUBJECTS: Readonly<Record<string, readonly Refusal[]>> = {
  'a document': DOCUMENT,
  'the fields of a document': TOP,
  'a value that is not the author’s own text': FOREIGN,
  'a host': HOST,
  'a wildcard': WILDCARD,
  'a port and what is done with TLS': PORT,
  'a rule': RULE,
  'what passes unseen': PASSTHROUGH,
  'how far an entry reaches': REACH,
  'two entries of one host': OVERLAP,
  addresses: ADDRESSES,
  limits: LIMITS,
  headers: HEADERS,
  'a credential': CREDENTIAL,
  'a git host': GIT_HOST,
  'a preset': PRESET,
};
const ALL = Object.values(SUBJECTS).flat();

describe.each(Object.entries(SUBJECTS))('of %s it refuses', (_, refusals) => {
  test.each(refusals.map(([title, input, lines]) => ({ title, input, lines })))('$title', ({ input, lines }) => {
    expect(lines).not.toEqual([]);
    expect(checkPolicy(input()).problems.map(({ message }) => message)).toEqual(lines);
  });
});

test('the text of every code is read by a test above', () => {
  const read = new Set(ALL.flatMap(([, , lines]) => lines.map((line) => /\[([a-z-]+)\]$/.exec(line)?.[1])));
  expect(Object.keys(PROBLEM_CODES).filter((code) => !read.has(code))).toEqual([]);
});

test('every line says where, what was expected, what was got, how to mend it, and its code', () => {
  const form = /^\S.*: expected .+, got .+; .+ \[[a-z-]+\]$/s;
  expect(ALL.flatMap(([, , lines]) => lines.filter((line) => !form.test(line)))).toEqual([]);
});

test('no line shows a password that stands where a name belongs', () => {
  expect(ALL.flatMap(([, , lines]) => lines.filter((line) => /hunter2/i.test(line)))).toEqual([]);
});

test.each([
  ['an entry', entry({})],
  ['a git entry', git({})],
  ['a preset', preset('npm', { host: 'packages.example' })],
  ['no upstreams at all', whole({})],
  [
    '5,000 upstreams',
    whole({ upstreams: Array.from({ length: 5000 }, (_, i) => host({ host: `h${i}.example.com` })) }),
  ],
  ['a text with a byte order mark', '\ufeffpolicy: 1\nname: coder\nupstreams: []\n'],
  ['JSON with a byte order mark', '\ufeff{"policy":1,"name":"coder","upstreams":[]}'],
  ['an alias used twice', 'policy: 1\nname: coder\nupstreams: []\nlimits: { idleSeconds: &a 5, streamSeconds: *a }\n'],
  ['exactly 1 MiB', `policy: 1\nname: coder\nupstreams: []\n#${'x'.repeat(1024 * 1024 - 39)}\n`],
  ['undefined fields, as TypeScript leaves them', entry({ prefix: undefined, credential: undefined })],
  ['a mapping without a prototype', Object.assign(Object.create(null), { policy: 1, name: 'coder', upstreams: [] })],
])('accepts %s, so that the refusals above are not for its sake', (_, input) => {
  expect(checkPolicy(input).problems).toEqual([]);
});

test('definePolicy throws one error with every problem, a line each', () => {
  const input = { policy: 2, name: 'coder', upstreams: [{ host: 'x' }] };
  const thrown = (() => {
    try {
      return definePolicy(input);
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(PolicyError);
  expect(String(thrown)).toBe(
    `PolicyError: ${checkPolicy(input)
      .problems.map(({ message }) => message)
      .join('\n')}`,
  );
});
