import { execFile, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { definePolicy } from '../../lib/policy';
import { ended, type Lab, until } from '../faults/lab';
import { NameServer } from '../faults/name-server';
import { Upstream, type Arrival } from '../faults/upstream';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { findEnvoy } from './find-envoy';
import { resolveText, secretArn } from './resolve-words';
import { agentStack, asList, asObject, container, type Json } from './stack';

export const HOST = 'api.up.example';
export const VALUE = 'canary-of-the-upstream-0123';
/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);
const SEED = 'q7Zk2mP9xW4tB8nR5vL1cY6dF3hJ0sGa';
const WINDOW = 'window.vpce.example';
const PROBE = `curl -sS -m8 -o /dev/null -w '%{http_code}' -d '{}'`;
/** As an agent's clients would ask: by name with nothing set, through CONNECT, by base URL; and what is refused. */
const PROBES = {
  transparent: `env -u https_proxy -u HTTPS_PROXY ${PROBE} --resolve ${HOST}:443:127.0.0.1 https://${HOST}/v1/messages`,
  connect: `${PROBE} https://${HOST}/v1/messages`,
  'base-url': `${PROBE} http://${WINDOW}:8080/api/v1/messages`,
  'other-path': `${PROBE} https://${HOST}/v1/files`,
  'other-host': `${PROBE} https://elsewhere.up.example/v1/messages`,
  untrusted: `env -u CURL_CA_BUNDLE -u SSL_CERT_FILE ${PROBE} https://${HOST}/v1/messages`,
};
export type ProbeName = keyof typeof PROBES;

export interface BootObservations {
  readonly checkBefore: number;
  readonly checkAfter: number;
  readonly answers: Readonly<Record<ProbeName, string>>;
  readonly arrivals: Readonly<Record<ProbeName, readonly Arrival[]>>;
  /** Who asked for which secret. */
  readonly asked: readonly string[];
  readonly agentEnvironment: Readonly<Record<string, string>>;
}

/** Boots the proxy's task and the agent's trust from a synthesized template, with stand-ins for AWS's own endpoints. */
export async function observe(lab: Lab): Promise<BootObservations> {
  await lab.raise();
  const { template, keeperWords } = synthesize(fs.readFileSync(lab.authority.file, 'utf8'));
  const names = new NameServer(UPSTREAM_ADDRESS);
  names.answers.set(WINDOW, ['127.0.0.1']);
  await names.listen(53, '127.0.0.1');
  prepareMounts(lab.directory);
  const upstream = new Upstream({ [HOST]: lab.authority.issue([HOST]) });
  await upstream.listen('127.0.0.1', 9443);
  const aws = await standInAws(lab, template);
  const environment = { ...variables(container(template, 'keeper')), ...aws.environment, PATH: process.env['PATH'] };
  const check = () => exitOf(keeperProgram('--check', '/run/anchorhold'));
  const checkBefore = await check();
  const keeper = spawn(process.execPath, keeperProgram(...keeperWords, '--public-roots', lab.authority.file).slice(1), {
    env: environment,
    stdio: 'ignore',
  });
  await until(async () => (await check()) === 0, 60_000);
  const words = asList(container(template, 'envoy').Command).map(String);
  const envoy = spawn(findEnvoy(), words, { cwd: '/run/anchorhold', stdio: 'ignore' });
  const { answers, agentEnvironment } = await runAgent(template, lab.directory);
  const seen = {
    checkBefore,
    checkAfter: await check(),
    answers,
    arrivals: Object.fromEntries(Object.keys(PROBES).map((name) => [name, upstream.arrivals.get(name) ?? []])),
    asked: aws.asked,
    agentEnvironment,
  };
  await ended(envoy, 'SIGKILL');
  await ended(keeper, 'SIGKILL');
  // What `Object.fromEntries` loses: the keys are those of PROBES.
  return seen as unknown as BootObservations;
}

function synthesize(lab: string): { template: Template; keeperWords: string[] } {
  const { stack } = agentStack({
    authorities: { lab },
    policy: definePolicy({
      policy: 1,
      name: 'boot',
      upstreams: [
        {
          host: HOST,
          ca: 'lab',
          prefix: '/api',
          credential: { header: 'x-api-key', secret: 'api-key' },
          rules: ['POST /v1/messages'],
        },
      ],
    }),
  });
  const template = Template.fromStack(stack);
  const keeperWords = asList(container(template, 'keeper').Command).map((word) => resolveText(word, WINDOW));
  return { template, keeperWords };
}

/** Name servers, an empty /run for the volume, and a way to the upstream's address that leaves Envoy its port. */
function prepareMounts(directory: string): void {
  fs.writeFileSync(path.join(directory, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  execFileSync('mount', ['--bind', path.join(directory, 'resolv.conf'), '/etc/resolv.conf']);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  fs.mkdirSync('/run/anchorhold', { mode: 0o700 });
  const rule = `ip daddr ${UPSTREAM_ADDRESS} tcp dport 443 dnat to 127.0.0.1:9443`;
  execFileSync('nft', [
    `add table ip t; add chain ip t o { type nat hook output priority -100; }; add rule ip t o ${rule}`,
  ]);
}

async function standInAws(
  lab: Lab,
  template: Template,
): Promise<{ environment: Record<string, string>; asked: string[] }> {
  const asked: string[] = [];
  const values = new Map(
    resourcesOfSecrets(template).map(([id, generated]) => [secretArn(id), generated ? SEED : VALUE]),
  );
  const credentials = http.createServer((_, response) =>
    response.end(
      JSON.stringify({
        AccessKeyId: 'AKIAPROXYROLE',
        SecretAccessKey: 's',
        Token: 't',
        Expiration: '2099-01-01T00:00:00Z',
      }),
    ),
  );
  const { key, cert } = lab.authority.issue(['localhost']);
  const manager = https.createServer({ key, cert }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      // The keeper's own request: JSON with the secret's id.
      const { SecretId } = JSON.parse(Buffer.concat(parts).toString()) as { SecretId: string };
      asked.push(`${/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1]} ${SecretId}`);
      response.end(JSON.stringify({ SecretString: values.get(SecretId) }));
    });
  });
  const [credentialsPort, managerPort] = await Promise.all([listen(credentials), listen(manager)]);
  return {
    asked,
    environment: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${credentialsPort}/role`,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `https://localhost:${managerPort}`,
    },
  };
}

function resourcesOfSecrets(template: Template): (readonly [string, boolean])[] {
  const found = template.findResources('AWS::SecretsManager::Secret');
  // The library types a template loosely; a resource of this type has Properties.
  return Object.entries(found).map(([id, one]) => [id, 'GenerateSecretString' in (one['Properties'] as object)]);
}

function listen(server: http.Server | https.Server): Promise<number> {
  return new Promise((resolve) =>
    // A listening TCP server's address is an object.
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

/** The trust container and then the agent, with a /run of their own, as two containers of one task. */
async function runAgent(
  template: Template,
  directory: string,
): Promise<{ answers: Record<string, string>; agentEnvironment: Record<string, string> }> {
  const agentEnvironment = variables(container(template, 'agent'));
  const trust = asList(container(template, 'trust').Command).map((word) => resolveText(word, WINDOW));
  const script = path.join(directory, 'agent.sh');
  const probes = Object.entries(PROBES).map(
    ([name, probe]) => `printf '${name} '; ${probe} -H 'x-probe: ${name}' || true; echo`,
  );
  const trusting = keeperProgram(...trust).map((word) => `'${word}'`);
  fs.writeFileSync(
    script,
    [
      'mount -t tmpfs tmpfs /run',
      'mkdir /run/anchorhold',
      trusting.join(' '),
      ...Object.entries(agentEnvironment).map(([name, value]) => `export ${name}='${value}'`),
      ...probes,
    ].join('\n'),
  );
  const { stdout: output } = await run('unshare', ['-m', 'sh', '-e', script]);
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return { agentEnvironment, answers: Object.fromEntries(lines.map(([name = '', code = '']) => [name, code])) };
}

function keeperProgram(...words: string[]): string[] {
  return [process.execPath, '--import', 'tsx', path.join(__dirname, '../../lib/keeper/main.ts'), ...words];
}

async function exitOf([program = '', ...words]: string[]): Promise<number> {
  try {
    await run(program, words);
    return 0;
  } catch (failure) {
    return typeof failure === 'object' && failure !== null && 'code' in failure ? Number(failure.code) : -1;
  }
}

function variables(definition: Readonly<Record<string, Json>>): Record<string, string> {
  const list = asList(definition.Environment ?? []).map(asObject);
  return Object.fromEntries(list.map(({ Name, Value }) => [String(Name), resolveText(Value ?? '', WINDOW)]));
}
