/** `npm run bench`: prepares as `npm start` does, adds what is measured against (squid, mitmproxy), and runs `bench/bench.ts`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installNodePackages } from './node-packages.mjs';
import { prepare } from './prepare.mjs';
import { ask, asProgram, Refusal, root, say, show } from './say.mjs';

const MITMPROXY = '11.0.2';

await asProgram(import.meta.url, (args) => {
  if (args.includes('--help') || args.includes('-h')) installNodePackages();
  else {
    process.env.ANCHORHOLD_ENVOY = prepare();
    ensureSquid();
    process.env.ANCHORHOLD_MITMDUMP = ensureMitmproxy();
  }
  const words = ['--import', 'tsx', join(root, 'bench', 'bench.ts'), ...args];
  process.exitCode = show(process.execPath, words, { stdio: 'inherit' });
});

function ensureSquid() {
  if (ask('squid', ['-v']).out.includes('--with-openssl')) return;
  const words = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'squid-openssl'];
  if (process.getuid?.() !== 0 || show(words[0], words.slice(1)) !== 0) {
    throw new Refusal(
      'squid: expected one built with OpenSSL on PATH, found none.\n  Mend: as root, apt-get install squid-openssl (or the same by your system’s package tool)',
    );
  }
}

/** Returns the path of `mitmdump`, from a virtual environment in the project's cache. */
function ensureMitmproxy() {
  const folder = join(root, '.cache', 'mitmproxy');
  const program = join(folder, 'bin', 'mitmdump');
  if (existsSync(program)) return program;
  say(`mitmproxy into ${folder}`);
  const made =
    show('python3', ['-m', 'venv', folder]) === 0 &&
    show(join(folder, 'bin', 'pip'), ['install', '-q', `mitmproxy==${MITMPROXY}`]) === 0;
  if (!made)
    throw new Refusal(
      `mitmproxy ${MITMPROXY}: expected pip to install it, got the error above.\n  Mend: check python3-venv and the network`,
    );
  return program;
}
