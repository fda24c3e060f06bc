import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import type { Template } from 'aws-cdk-lib/assertions';
import type { Lab } from '../faults/lab';
import type { Arrival } from '../faults/upstream';
import { bootTask, HOST, keeperProgram, variables, WINDOW } from './booted-task';
import { resolveText } from './resolve-words';
import { asList, container } from './stack';

/** Never a blocking call: the stand-ins answer from this process. */
const run = promisify(execFile);
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
  const task = await bootTask(lab, ['POST /v1/messages']);
  const envoy = await task.startEnvoy();
  const { answers, agentEnvironment } = await runAgent(task.template, lab.directory);
  const { arrivals } = task.upstream;
  const seen = {
    checkBefore: task.checkBefore,
    checkAfter: await task.check(),
    answers,
    arrivals: Object.fromEntries(Object.keys(PROBES).map((name) => [name, arrivals.get(name) ?? []])),
    asked: task.asked,
    agentEnvironment,
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
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return { agentEnvironment, answers: Object.fromEntries(lines.map(([name = '', code = '']) => [name, code])) };
}
