import { once } from 'node:events';
import * as fs from 'node:fs';
import { connect } from 'node:net';
import { ended, until } from '../faults/lab';
import { outputOf, runContainer } from './container';
import { programs } from './programs';
import { at, type Json, resourcesOf, type Template } from './stack';
import type { DockerRun } from './units';

/** Memory that the containers of one instance share: the platform makes it for every user. */
const SHARED = '/run/shared';

export interface AgentObservations {
  readonly trustPort: readonly [before: boolean, after: boolean];
  readonly answers: Readonly<Record<string, string>>;
  readonly agentEnvironment: Readonly<Record<string, string>>;
  readonly credentialReadable: boolean;
}

/** Runs a template's job as the platform would: the container beside the agent, its probe, and then the agent. */
export async function runAgent(
  template: Template,
  probes: Readonly<Record<string, string>>,
): Promise<AgentObservations> {
  const [job] = resourcesOf(template, 'cloud_run_v2_job');
  const [agent, trust] = [0, 1].map((index) => at(job, 'template', 'template', 'containers', index));
  fs.mkdirSync(SHARED);
  fs.chmodSync(SHARED, 0o1777);
  const port = Number(at(trust, 'startup_probe', 'tcp_socket', 'port'));
  const before = await opens(port);
  const beside = runContainer(cloudRun('trust', trust, '101:101'), { program: programs.keeper });
  const after = await until(() => opens(port), 60_000);
  const environment = variables(agent);
  const lines = Object.entries(probes).map(
    ([name, probe]) => `printf '${name} '; ${probe} -H 'x-probe: ${name}' 2>/dev/null || true; echo`,
  );
  const script = [...lines, 'cat /run/anchorhold/credentials/*/value 2>/dev/null && echo readable'].join('\n');
  const child = runContainer(cloudRun('agent', agent, '1000:1000'), {
    program: ['/bin/sh', '-c', script],
    environment,
  });
  await once(child, 'close');
  const told = outputOf('agent')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  await ended(beside, 'SIGKILL');
  const answers = Object.fromEntries(told.map(([name = '', code = '']) => [name, code]));
  const credentialReadable = 'readable' in answers;
  delete answers['readable'];
  return { trustPort: [before, after], answers, agentEnvironment: environment, credentialReadable };
}

/** A container of Cloud Run in the words of a `docker run`. */
function cloudRun(name: string, container: Json | undefined, user: string): DockerRun {
  const mounts = list(at(container, 'volume_mounts')).map((mount) => String(at(mount, 'mount_path')));
  const shared = mounts.filter((place) => place !== '/tmp').map((place) => `${SHARED}:${place}`);
  const options = { '--name': [name], '--user': [user], '--workdir': ['/'], '-v': shared };
  return {
    options: new Map(Object.entries(options)),
    flags: [],
    image: '',
    words: list(at(container, 'args')).map(String),
  };
}

function variables(container: Json | undefined): Record<string, string> {
  return Object.fromEntries(
    list(at(container, 'env')).map((one) => [String(at(one, 'name')), String(at(one, 'value'))]),
  );
}

function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
  });
}
