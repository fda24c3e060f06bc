import { execFile, execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Template } from 'aws-cdk-lib/assertions';
import { definePolicy, type Policy } from '../../lib/policy';
import { ended, type Lab, until } from '../faults/lab';
import { NameServer } from '../faults/name-server';
import { Upstream } from '../faults/upstream';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { ContainerProcess } from '../faults/container-process';
import { findEnvoy } from './find-envoy';
import { resolveText, secretArn } from './resolve-words';
import { agentStack, asList, asObject, container, type Json } from './stack';

export const HOST = 'api.up.example';
export const VALUE = 'canary-of-the-upstream-0123';
export const WINDOW = 'window.vpce.example';
/** What an agent's machine image of the policy below asks for. */
const MACHINES = 'proxy.boot.anchorhold.internal';
export const RUN_DIRECTORY = '/run/anchorhold';
/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);
const SEED = 'q7Zk2mP9xW4tB8nR5vL1cY6dF3hJ0sGa';

/** The proxy's task of a synthesized template, its keeper running. */
export interface BootedTask {
  readonly template: Template;
  readonly policy: Policy;
  readonly upstream: Upstream;
  /** Who asked for which secret. */
  readonly asked: readonly string[];
  readonly checkBefore: number;
  /** The keeper's own health check: its exit code. */
  check(): Promise<number>;
  /** Starts the Envoy container with its entry point and command, changed by `edit`, and waits until it answers, 20 seconds unless told. */
  startEnvoy(edit?: (word: string) => string, waitMs?: number): Promise<ContainerProcess>;
  stop(): Promise<void>;
}

/** Boots the proxy's task from a synthesized template, with stand-ins for AWS's own endpoints. `rules` are those of the one upstream. */
export async function bootTask(lab: Lab, rules: readonly string[]): Promise<BootedTask> {
  await lab.raise();
  const { template, policy, keeperWords } = synthesize(fs.readFileSync(lab.authority.file, 'utf8'), rules);
  const names = new NameServer(UPSTREAM_ADDRESS);
  for (const name of [WINDOW, MACHINES]) names.answers.set(name, ['127.0.0.1']);
  await names.listen(53, '127.0.0.1');
  prepareMounts(lab.directory);
  const upstream = new Upstream({ [HOST]: lab.authority.issue([HOST]) });
  await upstream.listen('127.0.0.1', 9443);
  const aws = await standInAws(lab, template);
  const environment = { ...variables(container(template, 'keeper')), ...aws.environment, PATH: process.env['PATH'] };
  const check = () => exitOf(keeperProgram('--check', RUN_DIRECTORY));
  const checkBefore = await check();
  const keeper = spawn(process.execPath, keeperProgram(...keeperWords, '--public-roots', lab.authority.file).slice(1), {
    env: environment,
    stdio: 'ignore',
  });
  await until(async () => (await check()) === 0, 60_000);
  const definition = container(template, 'envoy');
  // Where the image has Envoy, this machine hasn't.
  const words = [...asList(definition.EntryPoint), ...asList(definition.Command)].map((word) =>
    word === '/usr/local/bin/envoy' ? findEnvoy() : String(word),
  );
  return {
    template,
    policy,
    upstream,
    asked: aws.asked,
    checkBefore,
    check,
    startEnvoy: async (edit = (word) => word, waitMs = 20_000) => {
      const envoy = new ContainerProcess(words.map(edit), RUN_DIRECTORY);
      await until(() => answers(8080), waitMs);
      return envoy;
    },
    stop: () => ended(keeper, 'SIGKILL'),
  };
}

/** Whether something answers HTTP on this port. */
export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = http.get({ host: '127.0.0.1', port, agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.on('error', () => resolve(false));
  });
}

function synthesize(
  lab: string,
  rules: readonly string[],
): { template: Template; policy: Policy; keeperWords: string[] } {
  const { stack, agent } = agentStack({
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
          rules: [...rules],
        },
      ],
    }),
  });
  const template = Template.fromStack(stack);
  const keeperWords = asList(container(template, 'keeper').Command).map((word) => resolveText(word, WINDOW));
  return { template, policy: agent.proxy.policy, keeperWords };
}

/** Name servers, an empty /run for the volume, and a way to the upstream's address that leaves Envoy its port. */
function prepareMounts(directory: string): void {
  fs.writeFileSync(path.join(directory, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  execFileSync('mount', ['--bind', path.join(directory, 'resolv.conf'), '/etc/resolv.conf']);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  fs.mkdirSync(RUN_DIRECTORY, { mode: 0o700 });
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

export function keeperProgram(...words: string[]): string[] {
  return [
    process.execPath,
    '--import',
    `file://${require.resolve('tsx')}`,
    path.join(__dirname, '../../lib/keeper/main.ts'),
    ...words,
  ];
}

async function exitOf([program = '', ...words]: string[]): Promise<number> {
  try {
    await run(program, words);
    return 0;
  } catch (failure) {
    return typeof failure === 'object' && failure !== null && 'code' in failure ? Number(failure.code) : -1;
  }
}

export function variables(definition: Readonly<Record<string, Json>>): Record<string, string> {
  const list = asList(definition.Environment ?? []).map(asObject);
  return Object.fromEntries(list.map(({ Name, Value }) => [String(Name), resolveText(Value ?? '', WINDOW)]));
}
