import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { PinnedImage, ToolServer } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { ended, type Lab, until } from '../faults/lab';
import { NameServer } from '../faults/name-server';
import { type Arrival, Upstream } from '../faults/upstream';
import { runAgent } from './agent-process';
import { outputOf, runContainer } from './container';
import { programs } from './programs';
import { agentStack, at, carriedFiles, IMAGE, resourcesOf, synth, type Template } from './stack';
import { metadataServer, secretManager } from './stand-ins';
import { type DockerRun, settings, startOf, variablesOf, wordsOf } from './units';

export const HOST = 'api.up.example';
export const TOOL = 'notes-tool-123456789012.europe-west1.run.app';
export const VALUE = 'canary-of-the-upstream-0123';
export const SEED = 'q7Zk2mP9xW4tB8nR5vL1cY6dF3hJ0sGa';
const SECRET_MANAGER_ADDRESS = '203.0.113.11';
const RUN = '/run/anchorhold';
const UNITS = '/etc/systemd/system/anchorhold-';
/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);

/** As an agent's clients would ask: by name with nothing set, through CONNECT, by base URL; and what is refused. */
export function probes(window: string): Readonly<Record<string, string>> {
  const probe = `curl -sS -m8 -o /dev/null -w '%{http_code}' -d '{}'`;
  return {
    transparent: `env -u https_proxy -u HTTPS_PROXY ${probe} --resolve ${HOST}:443:${window} https://${HOST}/v1/messages`,
    connect: `${probe} https://${HOST}/v1/messages`,
    'base-url': `${probe} http://${window}:8080/api/v1/messages`,
    tool: `${probe} http://${window}:8080/notes/mcp`,
    'other-path-of-tool': `${probe} http://${window}:8080/notes/admin`,
    'other-path': `${probe} https://${HOST}/v1/files`,
    'other-host': `${probe} https://elsewhere.up.example/v1/messages`,
    untrusted: `env -u CURL_CA_BUNDLE -u SSL_CERT_FILE ${probe} https://${HOST}/v1/messages`,
  };
}

export interface BootObservations {
  /** Exit codes of the unit's own check of the files, as they came and with one changed. */
  readonly checksums: readonly [number, number];
  readonly checks: readonly [before: number, after: number];
  /** What Envoy said when it ended for want of the authority's certificate among its mounts; empty when it lived on. */
  readonly withoutAuthority: string;
  readonly healthy: boolean;
  readonly trustPort: readonly [before: boolean, after: boolean];
  readonly answers: Readonly<Record<string, string>>;
  readonly arrivals: Readonly<Record<string, readonly Arrival[]>>;
  readonly asked: readonly string[];
  readonly metadata: readonly string[];
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** Whether the agent's user could read what the keeper keeps for Envoy. */
  readonly credentialReadable: boolean;
}

/** Boots a machine and an agent from a synthesized template: its files, its units' command lines, its containers. */
export async function observe(lab: Lab): Promise<BootObservations> {
  const template = synthesize(fs.readFileSync(lab.authority.file, 'utf8'));
  const files = carriedFiles(template);
  const window = String(at(resourcesOf(template, 'compute_address')[0], 'address'));
  await lab.raise(['169.254.169.254', window, SECRET_MANAGER_ADDRESS]);
  await prepareMachine(lab, files);
  const upstream = new Upstream({
    [HOST]: lab.authority.issue([HOST]),
    [TOOL]: lab.authority.issue([TOOL]),
  });
  await upstream.listen('127.0.0.1', 9443);
  const { asked, metadata } = await standIns(lab, template);
  const unit = (name: string) => files[`${UNITS}${name}.service`] ?? '';
  const variables = variablesOf(files[`${RUN}/proxy.env`] ?? '');
  const checksums = await checkFiles(unit('envoy'), variables);
  const before = await checkOfKeeper();
  const keeper = runContainer(startOf(unit('keeper'), variables), {
    program: programs.keeper,
    more: ['--public-roots', programs.roots],
  });
  await until(async () => (await checkOfKeeper()) === 0, 60_000);
  const start = startOf(unit('envoy'), variables);
  const place = { program: [programs.envoy] };
  const withoutAuthority = await endOf(without(start, 'authority.crt'), place);
  const envoy = runContainer(start, place);
  const healthy = await until(() => answersHealthCheck(template), 30_000);
  const agent = await runAgent(template, probes(window));
  const seen = {
    checksums,
    checks: [before, await checkOfKeeper()] as const,
    withoutAuthority,
    healthy,
    ...agent,
    arrivals: Object.fromEntries(Object.keys(agent.answers).map((name) => [name, upstream.arrivals.get(name) ?? []])),
    asked,
    metadata,
  };
  await ended(envoy, 'SIGKILL');
  await ended(keeper, 'SIGKILL');
  return seen;
}

function synthesize(lab: string): Template {
  const policy = definePolicy({
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
      { host: TOOL, ca: 'lab', prefix: '/notes', credential: { googleIdToken: {} }, rules: ['POST /mcp'] },
    ],
  });
  const { stack, agent } = agentStack({ policy, authorities: { lab } });
  const image = PinnedImage.fromRegistry(IMAGE);
  new ToolServer(stack, 'Tool', { name: 'notes', proxy: agent.proxy, projectNumber: '123456789012', image });
  return synth(stack);
}

/** What the machine's boot does: the files of cloud-init, the folders of systemd-tmpfiles; and this place's name servers. */
async function prepareMachine(lab: Lab, files: Readonly<Record<string, string>>): Promise<void> {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run']);
  for (const [name, text] of Object.entries(files)) {
    if (!name.startsWith('/run/')) continue;
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, text, { mode: 0o444 });
  }
  for (const line of (files['/etc/tmpfiles.d/anchorhold.conf'] ?? '').trim().split('\n')) {
    const [, name = '', mode = '', uid, gid] = line.split(' ');
    fs.mkdirSync(name, { recursive: true });
    fs.chmodSync(name, parseInt(mode, 8));
    fs.chownSync(name, Number(uid) || 0, Number(gid) || 0);
  }
  programs.install(lab.authority.file);
  fs.writeFileSync('/run/programs/resolv.conf', 'nameserver 127.0.0.1\n');
  execFileSync('mount', ['--bind', '/run/programs/resolv.conf', '/etc/resolv.conf']);
  // What `--sysctl` of the unit says, for the container's network.
  fs.writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0');
  // The stand-ins leave Envoy its ports, which on the real machine are another host's.
  const rules = [
    `${UPSTREAM_ADDRESS} tcp dport 443 dnat to 127.0.0.1:9443`,
    `${SECRET_MANAGER_ADDRESS} tcp dport 443 dnat to 127.0.0.1:9444`,
    `169.254.169.254 tcp dport 80 dnat to 127.0.0.1:9080`,
  ].map((rule) => `add rule ip t o ip daddr ${rule};`);
  execFileSync('nft', [`add table ip t; add chain ip t o { type nat hook output priority -100; }; ${rules.join(' ')}`]);
}

async function standIns(lab: Lab, template: Template): Promise<{ asked: string[]; metadata: string[] }> {
  const names = new NameServer(UPSTREAM_ADDRESS);
  names.answers.set('secretmanager.googleapis.com', [SECRET_MANAGER_ADDRESS]);
  await names.listen(53, '127.0.0.1');
  const [asked, metadata]: [string[], string[]] = [[], []];
  await metadataServer(9080, metadata);
  const values = resourcesOf(template, 'secret_manager_secret').map(({ secret_id: id, project }) => {
    const value = String(id).endsWith('authority-seed') ? SEED : VALUE;
    return [`projects/${String(project)}/secrets/${String(id)}`, value] as const;
  });
  await secretManager(9444, lab.authority.issue(['secretmanager.googleapis.com']), new Map(values), asked);
  return { asked, metadata };
}

/** The unit's own words, on the files as they are and with one changed. */
async function checkFiles(unit: string, variables: Readonly<Record<string, string>>): Promise<[number, number]> {
  const command = settings(unit, 'ExecStartPre').find((text) => text.includes('sha256sum')) ?? '';
  const words = wordsOf(command, variables);
  const whole = await exitOf(words);
  const file = `${RUN}/envoy.json`;
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.replace('/v1/messages', '/v2/messages'));
  const changed = await exitOf(words);
  fs.writeFileSync(file, text);
  return [whole, changed];
}

function checkOfKeeper(): Promise<number> {
  return exitOf([...programs.keeper, '--check', RUN]);
}

function without(start: DockerRun, file: string): DockerRun {
  const mounts = (start.options.get('-v') ?? []).filter((mount) => !mount.includes(file));
  return { ...start, options: new Map([...start.options, ['-v', mounts]]) };
}

async function endOf(start: DockerRun, place: Parameters<typeof runContainer>[1]): Promise<string> {
  const child = runContainer(start, place);
  const gone = await until(() => child.exitCode !== null, 15_000);
  await ended(child, 'SIGKILL');
  return gone ? outputOf('envoy') : '';
}

/** The load balancer's question, out of the template. */
function answersHealthCheck(template: Template): Promise<boolean> {
  const check = resourcesOf(template, 'compute_region_health_check').find(({ name }) => !/live/.test(String(name)));
  const [port, where] = ['port', 'request_path'].map((key) => at(check, 'http_health_check', key));
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port: Number(port), path: String(where) }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => resolve(false));
  });
}

async function exitOf([program = '', ...words]: readonly string[]): Promise<number> {
  try {
    await run(program, words);
    return 0;
  } catch (failure) {
    return typeof failure === 'object' && failure !== null && 'code' in failure ? Number(failure.code) : -1;
  }
}
