import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AUTHORITY_FILE } from '../../lib/envoy';
import { goldenCases } from './golden-cases';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const cached = join(__dirname, '../../.cache/envoy/envoy');
const envoy = process.env['ANCHORHOLD_ENVOY'] ?? (existsSync(cached) ? cached : 'envoy');

describe('a real Envoy', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'anchorhold-golden-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each(goldenCases().map((one) => [one.name, one] as const))(
    'loads golden/%s with no deprecated field',
    (_, one) => {
      for (const [path, text] of Object.entries(one.compiled.files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      writeFileSync(join(folder, AUTHORITY_FILE), 'certificate');
      for (const { file } of one.compiled.manifest.authorities) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        cpSync(BUNDLE, join(folder, file));
      }
      const result = spawnSync(
        envoy,
        ['-c', 'envoy.json', '--mode', 'validate', '--disable-hot-restart', '-l', 'warning'],
        { cwd: folder, encoding: 'utf8' },
      );
      const said = result.stderr.split('\n').filter((line) => !line.includes('work-in-progress'));
      expect(said.join('\n')).not.toMatch(/[Dd]eprecated/);
      expect({ status: result.status, said }).toMatchObject({ status: 0 });
    },
  );
});
