import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeDirectory, writeAtomically } from '../../lib/keeper/atomic-file';
import { endAll, temporaryDirectory } from './setting';

afterEach(endAll);
const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe('atomic file', () => {
  it('writes 0600 into 0700, whatever the umask', () => {
    const root = temporaryDirectory();
    const before = process.umask(0);
    try {
      makeDirectory(root, join(root, 'a/b'));
      writeAtomically(join(root, 'a/b/value'), 'x');
    } finally {
      process.umask(before);
    }
    expect([mode(join(root, 'a')), mode(join(root, 'a/b')), mode(join(root, 'a/b/value'))]).toEqual([
      '700',
      '700',
      '600',
    ]);
  });

  it('lets a group read and not write when an owner is given', () => {
    const root = temporaryDirectory();
    const gid = process.getgid?.() ?? 0;
    makeDirectory(root, join(root, 'a'), { gid });
    writeAtomically(join(root, 'a/value'), 'x', { gid });
    expect([mode(join(root, 'a')), mode(join(root, 'a/value'))]).toEqual(['750', '640']);
  });

  it('leaves no temporary file, and takes one that a crash left', () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, '.value.new'), 'left by a crash');
    writeAtomically(join(root, 'value'), 'new');
    expect(readdirSync(root)).toEqual(['value']);
    expect(readFileSync(join(root, 'value'), 'utf8')).toBe('new');
  });

  it('replaces a link instead of writing through it', () => {
    const root = temporaryDirectory();
    const outside = join(root, 'outside');
    writeFileSync(outside, 'kept');
    symlinkSync(outside, join(root, '.value.new'));
    symlinkSync(outside, join(root, 'value'));
    writeAtomically(join(root, 'value'), 'secret');
    expect(readFileSync(outside, 'utf8')).toBe('kept');
    expect(readFileSync(join(root, 'value'), 'utf8')).toBe('secret');
  });

  it('refuses a directory that is a link', () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), join(root, 'credentials'));
    expect(() => makeDirectory(root, join(root, 'credentials/one'))).toThrow('[not-a-directory]');
    expect(existsSync(join(root, 'elsewhere/one'))).toBe(false);
  });

  it('never shows a reader a part', async () => {
    const root = temporaryDirectory();
    const path = join(root, 'value');
    const size = 100_000;
    writeAtomically(path, 'a'.repeat(size));
    const seen = await readWhile(path, size, () => {
      for (let turn = 0; turn < 150; turn++) writeAtomically(path, (turn % 2 ? 'a' : 'b').repeat(size));
    });
    expect(seen.reads).toBeGreaterThan(20);
    expect(seen.torn).toBe(0);
  });

  it('has a reader that does see a part when a file is written in place', async () => {
    const root = temporaryDirectory();
    const path = join(root, 'value');
    const size = 100_000;
    writeFileSync(path, 'a'.repeat(size));
    const seen = await readWhile(path, size, () => {
      for (let turn = 0; turn < 400; turn++) writeFileSync(path, (turn % 2 ? 'a' : 'b').repeat(size));
    });
    expect(seen.torn).toBeGreaterThan(0);
  });
});

/** Reads the file in a thread of its own while `write` blocks this one. */
async function readWhile(path: string, size: number, write: () => void): Promise<{ reads: number; torn: number }> {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { workerData: { path, size, flag }, parentPort } = require('node:worker_threads');
     const { readFileSync } = require('node:fs');
     let reads = 0, torn = 0;
     parentPort.postMessage('started');
     while (Atomics.load(flag, 0) === 0) {
       const text = readFileSync(path, 'latin1');
       reads++;
       if (text !== 'a'.repeat(size) && text !== 'b'.repeat(size)) torn++;
     }
     parentPort.postMessage({ reads, torn });`,
    { eval: true, workerData: { path, size, flag } },
  );
  await new Promise((resolve) => worker.once('message', resolve));
  write();
  const result = new Promise<{ reads: number; torn: number }>((resolve) => worker.once('message', resolve));
  Atomics.store(flag, 0, 1);
  const seen = await result;
  await worker.terminate();
  return seen;
}
