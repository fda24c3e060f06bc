import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assembly, differing, holding } from './assembly';

const ROOT = join(__dirname, '../..');
const CANARY = 'sk-ant-api03-CANARYcanaryCANARYcanaryCANARY';
const ACCOUNT_ID = /(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])/;
const folder = mkdtempSync(join(tmpdir(), 'anchorhold-again-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every example, synthesized by another process: its own working directory, home, time zone and day, and keys around it. */
async function synthesized(name: string, zone: string, days: number): Promise<ReadonlyMap<string, string>> {
  const [out, cwd, home] = ['out', 'work', 'home'].map((part) => join(folder, name, part));
  for (const path of [cwd, home]) mkdirSync(path ?? '', { recursive: true });
  const words = [join(__dirname, 'synthesize-examples.cjs'), out ?? '', String(days)];
  await promisify(execFile)('node', words, {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      TZ: zone,
      ANTHROPIC_API_KEY: CANARY,
      AWS_SECRET_ACCESS_KEY: CANARY,
      AWS_ACCESS_KEY_ID: 'AKIACANARYCANARY0000',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  return assembly(out ?? '');
}

describe('two synths of every example', () => {
  let first: ReadonlyMap<string, string>;
  let second: ReadonlyMap<string, string>;
  beforeAll(async () => {
    const both = [synthesized('first', 'UTC', 0), synthesized('second', 'Asia/Tokyo', 400)] as const;
    [first, second] = await Promise.all(both);
  }, 300_000);

  test('are the same bytes, in other folders, at another home and on another day', () => {
    const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.startsWith('aws-'));
    const made = [...first.keys()].filter((path) => path.endsWith('.template.json'));
    expect(new Set(made.map((path) => path.split('/')[0]))).toEqual(new Set(examples));
    expect(differing(first, second)).toEqual([]);
  });

  test('hold no path of the machine', () => {
    expect(holding(first, [ROOT, folder, tmpdir()])).toEqual([]);
  });

  test('hold no account id, and no key that stood in the environment', () => {
    expect(holding(first, [ACCOUNT_ID, CANARY, 'AKIACANARY'])).toEqual([]);
  });

  test('are searched: a text that must be there is found', () => {
    expect(holding(first, ['SecurityGroupEgress']).length).toBeGreaterThan(5);
  });
});
