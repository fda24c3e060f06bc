/** Makes a clone ready: node packages by the lock, the few Debian programs of the boundary, Envoy. Quick when all is there. */
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureEnvoy } from './envoy.mjs';
import { asProgram, Refusal, root, say, show } from './say.mjs';

/** Debian package by what shows that it is installed: a program, or a file's absolute path. */
const PACKAGES = {
  bwrap: 'bubblewrap',
  nft: 'nftables',
  ip: 'iproute2',
  slirp4netns: 'slirp4netns',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  git: 'git',
  curl: 'curl',
  openssl: 'openssl',
  '/etc/ssl/certs/ca-certificates.crt': 'ca-certificates',
};

/** Everything that a demo or a test needs. Returns Envoy's path. Throws `Refusal` with what to do. */
export function prepare() {
  installNodePackages();
  installSystemPackages();
  return ensureEnvoy();
}

function installNodePackages() {
  const lock = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs - 1000) return;
  say('npm ci');
  if (show('npm', ['ci', '--no-audit', '--no-fund']) !== 0) {
    throw new Refusal(
      'npm ci: expected the packages of package-lock.json, got the error above.\n  Mend: check the network and the npm registry, then try again',
    );
  }
}

function installSystemPackages() {
  const missing = [
    ...new Set(
      Object.keys(PACKAGES)
        .filter((sign) => !present(sign))
        .map((sign) => PACKAGES[sign]),
    ),
  ];
  if (missing.length === 0) return;
  const command = `apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !present('apt-get')) {
    throw new Refusal(
      `this machine: expected the programs of ${missing.join(', ')}, got none.\n  Mend: as root, ${command} (or the same by your system's package tool)`,
    );
  }
  say(command);
  const install = () =>
    show('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env: quiet() });
  // a machine that never ran `update` knows no package at all
  if (install() !== 0 && (show('apt-get', ['update', '-qq'], { env: quiet() }) !== 0 || install() !== 0)) {
    throw new Refusal(
      `${command}: expected it to succeed, got the error above.\n  Mend: install them by hand, then try again`,
    );
  }
}

function quiet() {
  return { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
}

function present(sign) {
  if (sign.startsWith('/')) return existsSync(sign);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, sign)));
}

await asProgram(import.meta.url, () => say(`ready, with Envoy at ${prepare()}`));
