import { readdirSync, readFileSync } from 'node:fs';
import { startInternet, type Internet } from '../../examples/demo/stand-in';
import { KEY, runScript } from './place';

let internet: Internet;
beforeAll(async () => {
  internet = await startInternet({ modelKey: KEY, gitPassword: 'git-canary' });
});
afterAll(() => internet.stop());
beforeEach(() => internet.clear());

const ASK = `curl -sS -m2 --noproxy '*' -o /dev/null -w '%{http_code}\\n' -d '{"stream":false}' https://api.model.example/v1/messages 2>/dev/null`;
const PAST = `curl -sS -m1 --noproxy '*' -o /dev/null http://198.51.100.66/ 2>/dev/null && echo OUT`;

/** The Envoys that this process started, and no others of this machine. */
function ourEnvoys(): readonly number[] {
  const field = (pid: string | number, name: string): string =>
    new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(readStatus(pid))?.[1] ?? '';
  const isOurs = (pid: string): boolean => {
    for (let at = pid; Number(at) > 1; at = field(at, 'PPid')) if (Number(at) === process.pid) return true;
    return false;
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && field(name, 'Name') === 'envoy' && isOurs(name))
    .map(Number);
}

function readStatus(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

function killEnvoys(): number {
  const pids = ourEnvoys();
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  return pids.length;
}

test('an Envoy that is killed lets nothing out while it is down, is started again, and both are said', async () => {
  const notices: string[] = [];
  let killed = 0;
  const script = `for i in $(seq 30); do ${ASK}; ${PAST}; sleep 0.1; done`;
  const { stdout } = await runScript(internet, script, {
    notice: (line) => notices.push(line),
    output: () => {
      if (killed === 0 && internet.record().some(({ kind }) => kind === 'request')) killed = killEnvoys();
    },
  });
  expect(killed).toBe(1);
  const codes = stdout?.trim().split('\n') ?? [];
  expect(codes.join(' ')).toMatch(/^(200 )+(000 )+(200 ?)+$/);
  expect(notices.filter((line) => line.startsWith('Envoy ended'))).toEqual([
    'Envoy ended: requests under way were cut and nothing gets out until it is back; starting it again',
  ]);
  expect(internet.record().filter(({ kind }) => kind === 'tcp').length).toBeGreaterThan(0);
  expect(internet.record().filter((arrival) => 'to' in arrival && arrival.to === '198.51.100.66')).toEqual([]);
});

test('one that falls again and again stays down: nothing gets out any more, and that is said', async () => {
  const notices: string[] = [];
  const stop = setInterval(() => armed && killEnvoys(), 40);
  let arrivals = -1;
  let armed = false;
  const script = `echo begin; sleep 8; echo now; for i in $(seq 5); do ${ASK}; ${PAST}; done`;
  const result = await runScript(internet, script, {
    notice: (line) => notices.push(line),
    output: (text) => {
      armed = true;
      if (!text.includes('now')) return;
      clearInterval(stop);
      arrivals = internet.record().length;
    },
  }).finally(() => clearInterval(stop));
  expect(result.stdout).toBe('begin\nnow\n' + '000\n'.repeat(5));
  expect(notices.at(-1)).toBe('Envoy ended 6 times and stays down: nothing gets out any more');
  expect(internet.record()).toHaveLength(arrivals);
});
