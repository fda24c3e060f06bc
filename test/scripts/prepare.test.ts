import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, standInPrograms, temporaryFolder } from './script';

function cloneWith(installed: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/other-platform': { version: '1.0.0', optional: true },
  };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  for (const [name, version] of Object.entries(installed)) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
  }
  return folder;
}

const install = (folder: string) => `it.installNodePackages(${JSON.stringify(folder)})`;

describe('node packages', () => {
  test('are left alone when each of the lock is there in its version', () => {
    const { path, calls } = standInPrograms({ npm: 'exit 1' });
    const said = runScript('node-packages.mjs', install(cloneWith({ a: '1.0.0', b: '2.0.0' })), { PATH: path });
    expect(said).toEqual({ code: 0, out: 'done', err: '' });
    expect(calls()).toBe('');
  });

  test.each([[{ a: '1.0.0' }], [{ a: '1.0.0', b: '1.9.0' }]])(
    'are installed by the lock with only %j there',
    (there) => {
      const { path, calls } = standInPrograms({ npm: 'exit 0' });
      expect(runScript('node-packages.mjs', install(cloneWith(there)), { PATH: path }).code).toBe(0);
      expect(calls()).toBe('npm ci --no-audit --no-fund');
    },
  );

  test('say what to check when npm fails, as it does offline', () => {
    const { path } = standInPrograms({ npm: 'echo "npm error ENOTFOUND" >&2; exit 1' });
    const { code, err } = runScript('node-packages.mjs', install(cloneWith({})), { PATH: path });
    expect(code).toBe(1);
    expect(err).toMatch(
      /ENOTFOUND\nnpm ci: expected the packages .*\n {2}Mend: check the network and the npm registry/,
    );
  });

  test('are never installed through a link, whose target npm would empty', () => {
    const { path, calls } = standInPrograms({ npm: 'exit 0' });
    const folder = cloneWith({});
    symlinkSync(temporaryFolder(), join(folder, 'node_modules'));
    const { err } = runScript('node-packages.mjs', install(folder), { PATH: path });
    expect(err).toMatch(/got a link to .*\n {2}Mend: remove the link/);
    expect(calls()).toBe('');
  });
});

describe('programs of the system', () => {
  const missing = (further: string) =>
    `it.installSystemPackages({ platform: 'linux', signs: { 'no-such-program': 'its-package', sh: 'dash' }, ${further} })`;

  test('are installed by apt where we are root, after an update when apt knows none', () => {
    const { path, calls } = standInPrograms({
      'apt-get': `case "$*" in update*) touch "$HOME/updated";; esac; test -e "$HOME/updated"`,
    });
    expect(runScript('system-packages.mjs', missing('uid: 0'), { PATH: path }).code).toBe(0);
    const once = 'apt-get install -y -qq --no-install-recommends its-package';
    expect(calls()).toBe(`${once}\napt-get update -qq\n${once}`);
  });

  test('are named, with the command, where we are not root', () => {
    const { path, calls } = standInPrograms({ 'apt-get': 'exit 0' });
    const { code, err } = runScript('system-packages.mjs', missing('uid: 1000'), { PATH: path });
    expect({ code, err }).toEqual({
      code: 1,
      err: "this machine: expected the programs of its-package, got none.\n  Mend: as root, apt-get install its-package (or the same by your system's package tool)",
    });
    expect(calls()).toBe('');
  });

  test('say what to do when apt fails, as it does offline', () => {
    const { path } = standInPrograms({ 'apt-get': 'echo "Could not resolve" >&2; exit 100' });
    const { err } = runScript('system-packages.mjs', missing('uid: 0'), { PATH: path });
    expect(err).toMatch(
      /Could not resolve\napt-get install its-package: expected it to succeed.*\n {2}Mend: check the network/,
    );
  });

  test('are not looked for on macOS, which has no namespaces', () => {
    const { err } = runScript('system-packages.mjs', "it.installSystemPackages({ platform: 'darwin' })");
    expect(err).toMatch(/^this machine: expected Linux.*got darwin\.\n {2}Mend: use a Linux machine or VM/);
  });
});

describe('the browser', () => {
  const missing = (uid: number) =>
    `it.ensureBrowser({ platform: 'linux', uid: ${uid}, signs: { 'no-such-browser': 'its-package' } })`;

  test('is installed by apt where we are root', () => {
    const { path, calls } = standInPrograms({ 'apt-get': 'exit 0' });
    expect(runScript('browser.mjs', missing(0), { PATH: path })).toEqual({
      code: 0,
      out: 'done',
      err: expect.stringContaining('apt-get install its-package'),
    });
    expect(calls()).toBe('apt-get install -y -qq --no-install-recommends its-package');
  });

  test('is done without where it can’t be had, and that is said', () => {
    const { code, err } = runScript('browser.mjs', missing(1000));
    expect(code).toBe(0);
    expect(err).toMatch(
      /expected the programs of its-package.*\n {2}Mend: .*\n {2}Until then the tests in a browser are skipped/,
    );
  });
});
