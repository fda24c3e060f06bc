import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findCredentialFiles } from '../../lib/twin';

/** One path for each pattern, by what it holds. */
const HIDDEN: Readonly<Record<string, string>> = {
  'environment file': '.env .env.local production.env .envrc .dev.vars .flaskenv',
  'private key':
    'a.pem a.key a.p12 a.pfx a.jks a.keystore a.ppk id_rsa id_rsa_work id_dsa id_ecdsa id_ed25519 .ssh/config .gnupg/x .age/x a.kdbx',
  'cloud credentials':
    '.aws/credentials .azure/x .config/gcloud/x gcloud/x application_default_credentials.json .boto .s3cfg .oci/config .aliyun/x doctl/config.yaml .fly/config.yml .terraform.d/x',
  'cluster credentials': '.kube/config kubeconfig kubeconfig.yaml a.kubeconfig',
  'registry token':
    '.npmrc .yarnrc .yarnrc.yml .pypirc .gem/credentials .cargo/credentials .cargo/credentials.toml .docker/config.json .dockercfg auth.json .nuget/x nuget.config .m2/settings.xml .composer/auth.json',
  login:
    '.netrc _netrc .git-credentials .gitcookies .pgpass .my.cnf .htpasswd .vault-token gh/hosts.yml .claude.json .claude/.credentials.json .codex/auth.json hub',
  'secrets file':
    'secrets.json secrets.yml secrets.yaml secrets.toml credentials.json credentials.yml client_secret_1.json my-service-account.json my_service_account_1.json terraform.tfvars a.auto.tfvars terraform.tfstate terraform.tfstate.backup',
  'control socket': 'docker.sock containerd.sock podman.sock agent.sock',
};

/** Names that look alike and that an agent needs. */
const SHOWN =
  '.env.example .env.sample secrets.yaml.template id_rsa.pub environment.ts keyboard.ts .envoy.yaml pem.ts config.json package.json src/auth.ts docker-compose.yml kube.md hubs.txt';

function workspaceOf(paths: readonly string[], text = ''): string {
  const root = mkdtempSync(join(tmpdir(), 'anchorhold-files-'));
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const cases = Object.entries(HIDDEN).flatMap(([why, paths]) => paths.split(' ').map((path) => [path, why] as const));

test.each(cases)('%s is hidden as %s, at the top, below and in capitals', (path, why) => {
  const capitals = path.toUpperCase();
  for (const at of [path, `deep/er/${path}`, capitals]) {
    const found = findCredentialFiles(workspaceOf([at]));
    expect(found).toHaveLength(1);
    // a folder that is hidden whole hides what is in it
    expect(at.startsWith(found[0]?.path ?? 'nothing')).toBe(true);
    // .codex/auth.json and .composer/auth.json are auth.json files, too
    if (!path.endsWith('/auth.json')) expect(found[0]?.why).toBe(why);
  }
});

test.each(SHOWN.split(' '))('%s is shown', (path) => {
  expect(findCredentialFiles(workspaceOf([path]))).toEqual([]);
});

test.each([
  ['key.txt', '-----BEGIN RSA PRIVATE KEY-----\nx', 'private key'],
  ['server.crt', '-----BEGIN PRIVATE KEY-----\nx', 'private key'],
  ['robot.json', '{ "type" : "service_account" }', 'service account'],
  ['adc.json', '{"type":"authorized_user"}', 'service account'],
  ['.git/config', '[remote "origin"]\n url = https://me:canary@git.example/a.git', 'login in a URL'],
])('%s is hidden for what it holds', (path, text, why) => {
  expect(findCredentialFiles(workspaceOf([path], text))).toEqual([{ path, kind: 'file', why }]);
});

test('.git/config without a login in a URL is shown', () => {
  expect(findCredentialFiles(workspaceOf(['.git/config'], 'url = https://git.example/a.git'))).toEqual([]);
});
