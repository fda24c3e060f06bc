/** The few programs of the system that the boundary and its tests are made of. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Refusal, say, show } from './say.mjs';

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

/** Installs what is missing where that can be done: as root, with apt. Throws `Refusal` with what to do elsewhere. */
export function installSystemPackages({
  platform = process.platform,
  uid = process.getuid?.(),
  signs = PACKAGES,
} = {}) {
  if (platform !== 'linux') {
    throw new Refusal(
      `this machine: expected Linux, whose namespaces the boundary is made of, got ${platform}.\n  Mend: use a Linux machine or VM (Lima, colima, WSL2); the unit tests run here: npm test -- --unit`,
    );
  }
  const missing = missingPackages(signs);
  if (missing.length === 0) return;
  const command = `apt-get install ${missing.join(' ')}`;
  if (uid !== 0 || !present('apt-get')) {
    throw new Refusal(
      `this machine: expected the programs of ${missing.join(', ')}, got none.\n  Mend: as root, ${command} (or the same by your system's package tool)`,
    );
  }
  say(command);
  // a machine that never ran `update` knows no package at all
  if (!install(missing) && !(apt('update', '-qq') && install(missing))) {
    throw new Refusal(
      `${command}: expected it to succeed, got the error above.\n  Mend: check the network, or install them by hand, then try again`,
    );
  }
}

function missingPackages(signs) {
  return [...new Set(Object.keys(signs).flatMap((sign) => (present(sign) ? [] : [signs[sign]])))];
}

function install(packages) {
  return apt('install', '-y', '-qq', '--no-install-recommends', ...packages);
}

function apt(...args) {
  return show('apt-get', args, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }) === 0;
}

function present(sign) {
  if (sign.startsWith('/')) return existsSync(sign);
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, sign)));
}
