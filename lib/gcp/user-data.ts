import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { gunzipSync, gzipSync, strFromU8, strToU8 } from 'fflate';
import { parse } from 'yaml';
import { proxyUnits, RUN_DIRECTORY, type UnitOptions, VALUES_FILE } from './proxy-units';

/** Bytes of one metadata value. */
const LARGEST = 262_144;

export interface UserDataOptions extends Omit<UnitOptions, 'authorities'> {
  /** Compiled files by their path in the run directory. */
  readonly files: Readonly<Record<string, string>>;
  /** PEM certificates of each authority the policy names. */
  readonly authorities: Readonly<Record<string, string>>;
  /** May be a Terraform reference, as may the next two. */
  readonly envoyImage: string;
  readonly keeperImage: string;
  /** Full name of each secret in Secret Manager, by the policy's name for it. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Full name of the authority's seed. */
  readonly authoritySeed: string;
}

/**
 * The cloud-init document that makes a machine the proxy. Everything but the values file is gzip and base64: Terraform reads
 * every string as a template of its own, and `${file("…")}` in a policy would fetch that file from whoever deploys; base64
 * has neither `$` nor `%`. The same bytes on every machine.
 * @throws Error `user-data-too-large`
 */
export function proxyUserData(options: UserDataOptions): string {
  const run = {
    ...options.files,
    ...Object.fromEntries(Object.entries(options.authorities).map(([name, pem]) => [`ca/${name}.pem`, pem])),
  };
  const packed = {
    ...inRunDirectory({ ...run, SHA256SUMS: checksums(run) }),
    ...proxyUnits({ ...options, authorities: Object.keys(options.authorities).sort() }),
  };
  const text = [
    '#cloud-config',
    'write_files:',
    ...Object.entries(packed).map(([path, content]) => entry(path, pack(content), 'gz+b64')),
    entry(VALUES_FILE, JSON.stringify(values(options))),
    'runcmd:',
    '- [systemd-tmpfiles, --create, /etc/tmpfiles.d/anchorhold.conf]',
    '- [systemctl, daemon-reload]',
    '- [systemctl, start, --no-block, anchorhold-keeper.service, anchorhold-envoy.service]',
    '',
  ].join('\n');
  if (text.length > LARGEST) {
    throw new Error(
      `policy: expected a compiled policy of at most ${LARGEST} bytes of user-data, got ${text.length}: a machine's metadata holds no more; ` +
        'split the policy over several proxies [user-data-too-large]',
    );
  }
  return text;
}

/** The files a document writes into the run directory, unpacked. Throws when it isn't of `proxyUserData`'s form. */
export function filesOfUserData(userData: string): Readonly<Record<string, string>> {
  const document: unknown = parse(userData);
  const entries: unknown =
    typeof document === 'object' && document !== null && 'write_files' in document ? document.write_files : undefined;
  if (!Array.isArray(entries)) throw new Error('user-data: expected write_files [user-data-malformed]');
  const files: Record<string, string> = {};
  for (const one of entries as readonly Partial<Record<string, unknown>>[]) {
    if (typeof one.path !== 'string' || typeof one.content !== 'string') continue;
    if (one.encoding === 'gz+b64') files[one.path] = strFromU8(gunzipSync(strToU8(atob(one.content), true)));
    else files[one.path] = one.content;
  }
  return files;
}

function inRunDirectory(files: Readonly<Record<string, string>>): Record<string, string> {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([path, content]) => [`${RUN_DIRECTORY}/${path}`, content]));
}

function checksums(files: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([path, content]) => `${bytesToHex(sha256(strToU8(content)))}  ${path}\n`).join('');
}

/** Not packed: Terraform fills in what is known only when it runs. */
function values({ authoritySeed, envoyImage, keeperImage, secrets }: UserDataOptions): string {
  const sources = Object.entries(secrets).map(([name, secret]) => `--secret ${name}=gcp-secret:${secret}`);
  const words = [`--authority-seed gcp-secret:${authoritySeed}`, ...sources].join(' ');
  return `ENVOY_IMAGE=${envoyImage}\nKEEPER_IMAGE=${keeperImage}\nKEEPER_SECRETS=${words}\n`;
}

function entry(path: string, content: string, encoding?: string): string {
  const encoded = encoding === undefined ? '' : `\n  encoding: ${encoding}`;
  return `- path: ${JSON.stringify(path)}\n  permissions: "0444"${encoded}\n  content: ${content}`;
}

/** The compressor is plain JavaScript and writes no time, so that a deploy from another machine replaces nothing. */
function pack(text: string): string {
  return btoa(strFromU8(gzipSync(strToU8(text), { level: 9, mtime: 0 }), true));
}
