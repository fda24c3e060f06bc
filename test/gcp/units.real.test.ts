import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { agentStack, carriedFiles, synth } from './stack';
import { settings, variablesOf, wordsOf } from './units';

const FILES = carriedFiles(synth(agentStack().stack));
const UNITS = '/etc/systemd/system/';
const NAMES = ['anchorhold-keeper.service', 'anchorhold-envoy.service'];
/** What the units lean on, of the machine itself: systemd's targets and the machine image's units. */
const OTHERS = ['sysinit', 'basic', 'shutdown', 'gcr-online'].map((name) => `${name}.target`);
const VARIABLES = variablesOf(FILES['/run/anchorhold/proxy.env'] ?? '');

const root = mkdtempSync(join(tmpdir(), 'anchorhold-root-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const lay = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeAll(() => {
  for (const name of NAMES) lay(UNITS + name, FILES[UNITS + name] ?? '');
  for (const name of OTHERS) lay(UNITS + name, '[Unit]\nDescription=of the machine\n');
  lay(`${UNITS}docker.service`, '[Service]\nExecStart=/usr/bin/docker\n');
  for (const program of ['/usr/bin/docker', '/bin/sh', '/sbin/iptables']) {
    lay(program, '#!/bin/sh\n');
    chmodSync(join(root, program), 0o755);
  }
});

/** Runs where the program is installed; else the test is skipped, by name. */
const where = (program: string) => (spawnSync(program, ['--version']).status === 0 ? test : test.skip);

const verify = (...names: readonly string[]) =>
  spawnSync('systemd-analyze', ['verify', `--root=${root}`, '--man=no', ...names], { encoding: 'utf8' });

where('systemd-analyze')(
  'systemd finds nothing wrong with the machine’s units, and finds a key it doesn’t know',
  () => {
    expect(verify(...NAMES)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    lay(`${UNITS}wrong.service`, `${FILES[UNITS + 'anchorhold-envoy.service']}RestartSek=2\n`);
    expect(verify('wrong.service').stderr).toContain("Unknown key 'RestartSek'");
  },
);

/** Docker's own reading of a command line, up to where it would ask the daemon. */
const dockerReads = (words: readonly string[]): string =>
  spawnSync('docker', ['-H', 'unix:///nowhere.sock', ...words.slice(1)], { encoding: 'utf8' }).stderr;

where('docker')('docker reads every command of the units as far as asking its daemon', () => {
  const commands = NAMES.flatMap((name) =>
    ['ExecStartPre', 'ExecStart', 'ExecStop'].flatMap((key) => settings(FILES[UNITS + name] ?? '', key)),
  )
    .map((command) => wordsOf(command.replace(/^-/, ''), VARIABLES))
    .filter(([program]) => program === '/usr/bin/docker');
  expect(commands.length).toBeGreaterThanOrEqual(6);
  for (const words of commands) expect(dockerReads(words)).toMatch(/Cannot connect|failed to connect/i);
  expect(dockerReads(['docker', 'run', '--no-such-option', 'image'])).toContain('unknown flag');
});
