import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import picomatch from 'picomatch';

/** A file or folder that an agent must not be shown. */
export interface CredentialFile {
  /** Relative to the folder that was searched. */
  readonly path: string;
  readonly kind: 'file' | 'folder';
  /** What made us take it for one. */
  readonly why: string;
}

/** Names by what they hold; a match anywhere below the folder counts. */
const PATTERNS: Readonly<Record<string, readonly string[]>> = {
  'environment file': ['.env', '.env.*', '*.env', '.envrc', '.dev.vars', '.flaskenv'],
  'private key': [
    '*.pem',
    '*.key',
    '*.p12',
    '*.pfx',
    '*.jks',
    '*.keystore',
    '*.ppk',
    'id_rsa*',
    'id_dsa*',
    'id_ecdsa*',
    'id_ed25519*',
    '.ssh',
    '.gnupg',
    '.age',
    '*.kdbx',
  ],
  'cloud credentials': [
    '.aws',
    '.azure',
    '.config/gcloud',
    'gcloud',
    'application_default_credentials.json',
    '.boto',
    '.s3cfg',
    '.oci',
    '.aliyun',
    'doctl',
    '.fly',
    '.terraform.d',
  ],
  'cluster credentials': ['.kube', 'kubeconfig*', '*.kubeconfig'],
  'registry token': [
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pypirc',
    '.gem/credentials',
    '.cargo/credentials',
    '.cargo/credentials.toml',
    '.docker',
    '.dockercfg',
    'auth.json',
    '.nuget',
    'nuget.config',
    '.m2/settings.xml',
    '.composer/auth.json',
  ],
  login: [
    '.netrc',
    '_netrc',
    '.git-credentials',
    '.gitcookies',
    '.pgpass',
    '.my.cnf',
    '.htpasswd',
    '.vault-token',
    'gh/hosts.yml',
    '.claude.json',
    '.claude/.credentials.json',
    '.codex/auth.json',
    'hub',
  ],
  'secrets file': [
    'secrets.json',
    'secrets.yml',
    'secrets.yaml',
    'secrets.toml',
    'credentials.json',
    'credentials.yml',
    'client_secret*.json',
    '*service-account*.json',
    '*service_account*.json',
    'terraform.tfvars',
    '*.auto.tfvars',
    '*.tfstate',
    '*.tfstate.backup',
  ],
  'control socket': ['docker.sock', 'containerd.sock', 'podman.sock', 'agent.sock'],
};

/** Samples that carry no secret and that agents need. */
const EXAMPLES = picomatch(['*.example', '*.sample', '*.template', '*.dist', '*.pub', '.env.example', '.env.sample'], {
  dot: true,
  nocase: true,
});

const MATCHERS = Object.entries(PATTERNS).map(([why, globs]) => ({
  why,
  matches: picomatch(
    globs.map((glob) => `**/${glob}`),
    { dot: true, nocase: true },
  ),
}));

/** Not walked: machine-made, large, and without secrets of its own; names are still compared in git's folder. */
const SKIPPED = new Set(['node_modules']);
const CONTENT_BYTES = 4096;
const JSON_BYTES = 64 * 1024;

/** All credential files below a folder. Symlinks aren't followed: what they lead to isn't mounted. */
export function findCredentialFiles(root: string): readonly CredentialFile[] {
  const found: CredentialFile[] = [];
  walk(root, '', found);
  return found.sort((a, b) => a.path.localeCompare(b.path));
}

/** Why a path of this name is taken for one, or undefined. */
export function whyHidden(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (EXAMPLES(name)) return undefined;
  return MATCHERS.find(({ matches }) => matches(path))?.why;
}

function walk(root: string, folder: string, found: CredentialFile[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const why = entry.isSymbolicLink()
      ? undefined
      : (whyHidden(path) ?? (entry.isFile() ? whyByContent(join(root, path), entry.name) : undefined));
    if (why !== undefined) found.push({ path, kind: entry.isDirectory() ? 'folder' : 'file', why });
    else if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(root, path, found);
  }
}

/** Keys under innocent names: a PEM private key, or a cloud service account's JSON; and git's own credentials in a URL. */
function whyByContent(path: string, name: string): string | undefined {
  if (
    /^(id_|key|.*\.(txt|crt|cer|asc|priv|secret))/i.test(name) &&
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(head(path, CONTENT_BYTES))
  )
    return 'private key';
  if (/\.json$/i.test(name) && statSync(path).size < JSON_BYTES && isServiceAccount(head(path, JSON_BYTES)))
    return 'service account';
  if (name === 'config' && /\/\/[^/\s:@]+:[^/\s@]+@/.test(head(path, CONTENT_BYTES))) return 'login in a URL';
  return undefined;
}

function isServiceAccount(text: string): boolean {
  return (
    /"type"\s*:\s*"(service_account|authorized_user|external_account)"/.test(text) ||
    /"private_key"\s*:\s*"-----BEGIN/.test(text)
  );
}

function head(path: string, bytes: number): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.alloc(bytes);
    return buffer.subarray(0, readSync(file, buffer, 0, bytes, 0)).toString('latin1');
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
