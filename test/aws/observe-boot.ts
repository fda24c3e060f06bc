import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Lab } from '../faults/lab';
import type { Arrival } from '../faults/upstream';
import type { Policy } from '../../lib/policy';
import { UPSTREAM_ADDRESS } from '../equivalence/world';
import { bootTask, HOST, keeperProgram, variables, WINDOW } from './booted-task';
import { containerRuntime, runGvisor } from './run-gvisor';
import { resolveText } from './resolve-words';
import { asList, container } from './stack';

/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);
const PROBE = `curl -sS -m8 -o /dev/null -w '%{http_code}' -d '{}'`;
/** An address of the lab that is neither loopback nor in the container. */
const DIRECT = UPSTREAM_ADDRESS;
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

/** As the same clients would from a container without a network; `direct` goes around the sockets, `names` asks for one. */
const CELL = {
  connect: `${PROBE} https://${HOST}/v1/messages`,
  'base-url': `${PROBE} http://127.0.0.1:8080/api/v1/messages`,
  'other-path': `${PROBE} https://${HOST}/v1/files`,
  direct: `env -u http_proxy -u HTTP_PROXY ${PROBE} http://${DIRECT}:8080/api/v1/messages`,
  names: `getent hosts ${WINDOW} | wc -l`,
  interfaces: `tail -n +3 /proc/net/dev | cut -d: -f1 | xargs`,
};

export interface BootObservations {
  readonly checkBefore: number;
  readonly checkAfter: number;
  readonly answers: Readonly<Record<ProbeName, string>>;
  /** By the name of the probe. */
  readonly arrivals: Readonly<Record<string, readonly Arrival[]>>;
  /** Who asked for which secret. */
  readonly asked: readonly string[];
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** What the same probe as `direct` answered outside of the container. */
  readonly directOutside: string;
  /** Undefined where nothing here runs the container. */
  readonly cell?: Readonly<Record<keyof typeof CELL, string>>;
  /** What `direct` answers in a container that has the network of its host. */
  readonly networked?: string;
}

/** Boots the proxy's task and the agent's trust from a synthesized template, with stand-ins for AWS's own endpoints. */
export async function observe(lab: Lab): Promise<BootObservations> {
  const task = await bootTask(lab, ['POST /v1/messages']);
  const envoy = await task.startEnvoy();
  const { answers, agentEnvironment } = await runAgent(task.template, lab.directory);
  const { stdout: directOutside } = await run('sh', ['-c', CELL.direct]);
  const cell = containerRuntime() && (await inCell(task.policy, lab.directory));
  const networked = containerRuntime() && (await runGvisor(task.policy, CELL.direct, lab.directory, 'host'));
  const { arrivals } = task.upstream;
  const seen = {
    checkBefore: task.checkBefore,
    checkAfter: await task.check(),
    answers,
    arrivals: Object.fromEntries([...arrivals]),
    asked: task.asked,
    agentEnvironment,
    directOutside,
    cell,
    networked,
  };
  await envoy.kill();
  await task.stop();
  // What `Object.fromEntries` loses: the keys are those of PROBES.
  return seen as unknown as BootObservations;
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
  return { agentEnvironment, answers: answersIn(output) };
}

/** The agent in the container of a machine image for gVisor, its socket carried to the same proxy. */
async function inCell(policy: Policy, directory: string): Promise<Record<string, string>> {
  const probes = Object.entries(CELL).map(([name, probe]) => {
    const marked = probe.startsWith('curl') || probe.startsWith('env') ? `${probe} -H 'x-probe: cell-${name}'` : probe;
    return `printf '${name} '; ${marked} || true; echo`;
  });
  return answersIn(await runGvisor(policy, probes.join('\n'), directory));
}

function answersIn(output: string): Record<string, string> {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return Object.fromEntries(lines.map(([name = '', code = '']) => [name, code]));
}
