import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const INSIDE = process.env['TWIN_TEST_INSIDE'] === '1';

// The whole suite once more where uid 0 is only a plain user's: no root of the machine anywhere, one id for all.
(INSIDE ? test.skip : test)('everything holds for a plain user, too', () => {
  const jest = join(ROOT, 'node_modules', '.bin', 'jest');
  const inner = `mount -t tmpfs t /run && mkdir /run/netns && exec ${process.execPath} ${jest} -c jest.real.config.js --cacheDirectory "$TMPDIR" test/twin/cell`;
  const script = `cd ${ROOT}; export TMPDIR=$(mktemp -d) HOME=$(mktemp -d); exec unshare -Urnm --kill-child -f sh -c '${inner}'`;
  const root = process.getuid?.() === 0;
  // Some id without rights; ids above any account's.
  const argv = root
    ? [
        'setpriv',
        '--reuid=1879000009',
        '--regid=1879000009',
        '--clear-groups',
        '--bounding-set=-all',
        '--inh-caps=-all',
        'sh',
        '-c',
        script,
      ]
    : ['sh', '-c', script];
  const [program = '', ...rest] = argv;
  const { status, stderr } = spawnSync(program, rest, {
    encoding: 'utf8',
    env: { ...process.env, TWIN_TEST_INSIDE: '1' },
  });
  expect(stderr).toMatch(/Tests:.* passed/);
  expect({ status, failed: stderr.split('\n').filter((line) => line.includes('✕') || line.includes('●')) }).toEqual({
    status: 0,
    failed: [],
  });
});
