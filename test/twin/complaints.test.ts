import { Complaints } from '../../lib/twin/complaints';

const KEY = 'sk-canary-5d1c0b7e9f';
/** As Envoy 1.40 prints it when a worker is aborted with a request in hand. */
const CRASH = [
  '[critical][backtrace] [./source/server/backtrace.h:129] Caught Aborted, suspect faulting address 0x2b3',
  '[critical][backtrace] [./source/server/backtrace.h:113] Backtrace (use tools/stack_decode.py to get line numbers):',
  '  request_headers_: ',
  `    ':path', '/v1/messages'`,
  `    'x-api-key', '${KEY}'`,
];
const BEFORE = '[critical][main] error initializing configuration: no such field';

test('keeps what Envoy says before a crash, and of the crash nothing: it prints the injected key', () => {
  const complaints = new Complaints();
  const kept = [BEFORE, ...CRASH, 'after it'].map((line) => complaints.take(line));
  expect(kept).toEqual([BEFORE, ...CRASH.map(() => undefined), undefined]);
  expect(complaints.last(2)).toEqual([BEFORE]);
});

test('would keep the key, did the crash not begin with its own line', () => {
  const complaints = new Complaints();
  for (const line of CRASH.slice(1)) complaints.take(line);
  expect(complaints.last(20).join('\n')).toContain(KEY);
});
