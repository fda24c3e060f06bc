import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { startKeeper } from '../../lib/keeper';
import { parseManifest } from '../../lib/keeper/manifest';
import { definePolicy } from '../../lib/policy';
import { answers } from '../aws/booted-task';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { ContainerProcess } from '../faults/container-process';
import { type Lab, pause, until } from '../faults/lab';
import { NameServer } from '../faults/name-server';
import { flood, stream, type StreamEnd } from '../faults/streams';
import { Upstream } from '../faults/upstream';
import { dockerWords } from './docker-words';
import { agentStack, carriedFiles, synth } from './stack';

export const HOST = 'api.up.example';
export const VALUE = 'canary-of-the-upstream-0123';
const RUN_DIRECTORY = '/run/anchorhold';
/** A third of the crashes hits a moment in which the worker holds a request: 25 miss it once in 20,000 times. */
const TRIES = 25;

export interface MachineObservations {
  /** What the unit does with standard error. */
  readonly standardError: string | undefined;
  /** Whether a crash printed the secret to each of the outputs. */
  readonly leaked: { readonly out: boolean; readonly err: boolean };
  readonly drained: { readonly stream: StreamEnd; readonly end: number | string };
  /** With two seconds for a stream that goes on. */
  readonly bounded: { readonly stream: StreamEnd; readonly end: number | string };
}

/** Runs Envoy and its stop by the words of the synthesized units, and crashes it. */
export async function observe(lab: Lab): Promise<MachineObservations> {
  await lab.raise();
  const unit = await prepareMachine(lab);
  const upstream = new Upstream({ [HOST]: lab.authority.issue([HOST]) });
  await upstream.listen('127.0.0.1', 9443);
  const [start = ''] = valuesOf(unit, 'ExecStart');
  const [drain = ''] = valuesOf(unit, 'ExecStop');
  const run = (command: string): ContainerProcess =>
    new ContainerProcess(dockerWords(command, fs.mkdtempSync(path.join(lab.directory, 'docker-'))), '/');
  const stopped = async (seconds: number, stop: string): Promise<MachineObservations['drained']> => {
    const envoy = run(start);
    await until(() => answers(8080), 20_000);
    const { begun, ended } = stream(seconds);
    await begun;
    await run(stop).ended;
    return { end: await envoy.ended, stream: await ended };
  };
  const drained = await stopped(4, drain);
  const bounded = await stopped(60, drain.replace(/--drain-seconds \d+/, '--drain-seconds 2'));
  const leaked = { out: false, err: false };
  for (let tries = 0; tries < TRIES && !leaked.err; tries++) {
    const envoy = run(start);
    await until(() => answers(8080), 20_000);
    const end = flood();
    await pause(500);
    await envoy.crash();
    // The first process of a container outlives a signal it sends itself; a real fault would end it.
    await pause(300);
    await envoy.kill();
    end();
    leaked.out ||= envoy.read('out').includes(VALUE);
    leaked.err = envoy.read('err').includes(VALUE);
  }
  return { standardError: valuesOf(unit, 'StandardError')[0], leaked, drained, bounded };
}

/** The machine's files as cloud-init writes them, and a keeper that has its secret. Returns Envoy's unit. */
async function prepareMachine(lab: Lab): Promise<string> {
  const { stack } = agentStack({
    authorities: { lab: fs.readFileSync(lab.authority.file, 'utf8') },
    policy: definePolicy({
      policy: 1,
      name: 'machine',
      upstreams: [
        {
          host: HOST,
          ca: 'lab',
          prefix: '/api',
          credential: { header: 'x-api-key', secret: 'api-key' },
          rules: ['GET /flood', 'GET /events/*'],
        },
      ],
    }),
  });
  const files = carriedFiles(synth(stack));
  const names = new NameServer(UPSTREAM_ADDRESS);
  await names.listen(53, '127.0.0.1');
  fs.writeFileSync(path.join(lab.directory, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  execFileSync('mount', ['--bind', path.join(lab.directory, 'resolv.conf'), '/etc/resolv.conf']);
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', '/run']);
  const rule = `ip daddr ${UPSTREAM_ADDRESS} tcp dport 443 dnat to 127.0.0.1:9443`;
  execFileSync('nft', [
    `add table ip t; add chain ip t o { type nat hook output priority -100; }; add rule ip t o ${rule}`,
  ]);
  for (const [file, text] of Object.entries(files).filter(([one]) => one.startsWith(RUN_DIRECTORY))) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  fs.mkdirSync('/run/anchorhold-envoy');
  const keeper = startKeeper({
    manifest: parseManifest(fs.readFileSync(`${RUN_DIRECTORY}/keeper.json`, 'utf8')),
    directory: RUN_DIRECTORY,
    sources: { 'api-key': { read: async () => VALUE } },
    authorities: { lab: lab.authority.file },
  });
  await keeper.ready;
  return files['/etc/systemd/system/anchorhold-envoy.service'] ?? '';
}

function valuesOf(unit: string, key: string): string[] {
  return unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}
