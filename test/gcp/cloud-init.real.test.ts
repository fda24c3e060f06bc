import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../lib/envoy';
import { agentStack, at, carriedFiles, POLICY, resourcesOf, synth } from './stack';

const CACHE = join(__dirname, '../../.cache');
const INSIDE = join(CACHE, 'cloud-init/usr/lib/python3/dist-packages');
const reasonToSkip = existsSync(join(INSIDE, 'cloudinit'))
  ? undefined
  : 'no cloud-init: `node scripts/cloud-init.mjs` says why';

interface Read {
  /** What its schema objects to. */
  readonly problem: string | null;
  /** SHA-256 of each file it would write. */
  readonly files: Readonly<Record<string, string>>;
  readonly modes: Readonly<Record<string, string>>;
  readonly commands: unknown;
}

/** What cloud-init's own code makes of a document. */
function read(userData: string): Read {
  const text = execFileSync('python3', [join(__dirname, 'read-user-data.py')], {
    input: userData,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, PYTHONPATH: `${INSIDE}:${join(CACHE, 'scanners')}` },
  });
  return JSON.parse(text) as Read; // what the program beside this file prints
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const title = `user-data, read by cloud-init${reasonToSkip ? `: ${reasonToSkip}` : ''}`;
(reasonToSkip ? describe.skip : describe)(title, () => {
  const template = synth(agentStack().stack);
  const [machine] = resourcesOf(template, 'compute_region_instance_template');
  const userData = String(at(machine, 'metadata', 'user-data'));

  test('is a document that its schema takes, of files that are the compiled ones byte for byte', () => {
    const { commands, files, modes, problem } = read(userData);
    expect(problem).toBeNull();
    const carried = Object.entries(carriedFiles(template)).map(([path, text]) => [path, sha256(text)] as const);
    expect(files).toEqual(Object.fromEntries(carried));
    expect(files['/run/anchorhold/envoy.json']).toBe(sha256(compile(POLICY).bootstrap));
    // Nothing of it can be changed but by root.
    expect(new Set(Object.values(modes))).toEqual(new Set(['0444']));
    expect(JSON.stringify(commands)).toContain('anchorhold-envoy.service');
  });

  test('would be refused by the schema with a file that has no path', () => {
    expect(read(userData.replace('- path: "/run/anchorhold/proxy.env"', '- paths: x')).problem).toContain(
      'write_files',
    );
  });
});
