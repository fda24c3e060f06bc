/** `npm start`: a confined command, a policy, a stand-in internet, and what each attempt came to. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePolicy } from '../../lib/policy';
import { run } from '../../lib/twin';
import { headerOf, startInternet } from './stand-in';

interface Step {
  readonly name: string;
  /** A shell command that succeeds (`true`) or must fail (`false`). */
  readonly command: string;
  readonly succeeds: boolean;
}

const MESSAGE = `-H 'content-type: application/json' -d '{"model":"stand-in","max_tokens":9,"messages":[]}'`;
const STEPS: readonly Step[] = [
  {
    name: 'model call, transparent, with a foreign key',
    command: `curl -sSf -m9 -H 'x-api-key: foreign' --noproxy '*' ${MESSAGE} https://api.model.example/v1/messages`,
    succeeds: true,
  },
  {
    name: 'model call through CONNECT',
    command: `curl -sSf -m9 ${MESSAGE} https://api.model.example/v1/messages`,
    succeeds: true,
  },
  {
    name: 'clone of acme/design',
    command: 'git clone -q https://git.example/acme/design.git /tmp/design',
    succeeds: true,
  },
  {
    name: 'push to acme/web',
    command:
      'git clone -q https://git.example/acme/web.git /tmp/web && git -C /tmp/web push -q origin HEAD:refs/heads/from-the-cell',
    succeeds: true,
  },
  {
    name: 'push to acme/design (clone only)',
    command: 'git -C /tmp/design push -q origin HEAD:refs/heads/x',
    succeeds: false,
  },
  {
    name: 'another path of the model host',
    command: `curl -sSf -m9 https://api.model.example/v1/files`,
    succeeds: false,
  },
  {
    name: 'a host the policy does not list',
    command: "curl -sSf -m9 --noproxy '*' https://unlisted.example/",
    succeeds: false,
  },
  { name: 'a direct connection', command: "curl -sSf -m3 --noproxy '*' http://198.51.100.66/", succeeds: false },
  { name: 'a DNS lookup', command: 'getent hosts secret.attacker.example', succeeds: false },
  { name: 'the metadata address', command: "curl -sSf -m3 --noproxy '*' http://169.254.169.254/", succeeds: false },
];

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-demo-'));
  const key = `demo-${randomBytes(12).toString('hex')}`;
  process.env['ANCHORHOLD_DEMO_KEY'] = key;
  process.env['ANCHORHOLD_DEMO_GIT'] = `git-${randomBytes(12).toString('hex')}`;
  const internet = await startInternet({ modelKey: key, gitPassword: process.env['ANCHORHOLD_DEMO_GIT'] });
  try {
    writeFileSync(join(folder, 'authority.pem'), internet.authority);
    const script = STEPS.map(({ command }, i) => `( ${command} ) >/dev/null 2>&1 && echo ${i} yes || echo ${i} no`);
    const result = await run({
      policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
      command: ['sh', '-c', `${script.join('\n')}\nenv | grep -c '${key}'`],
      secrets: { 'model-key': { env: 'ANCHORHOLD_DEMO_KEY' }, 'git-token': { env: 'ANCHORHOLD_DEMO_GIT' } },
      authorities: { lab: join(folder, 'authority.pem') },
      uplink: { kind: 'veth', namespace: internet.namespace.name, resolver: internet.resolver },
      runDirectory: folder,
      stdio: 'capture',
      notice: () => undefined,
    });
    report(result.stdout ?? '', result.summary, key, internet.record());
  } finally {
    await internet.stop();
  }
}

function report(
  stdout: string,
  summary: readonly object[],
  key: string,
  record: ReturnType<Awaited<ReturnType<typeof startInternet>>['record']>,
): void {
  const lines = stdout.trim().split('\n');
  let wrong = 0;
  const say = (good: boolean, text: string) => {
    if (!good) wrong++;
    process.stdout.write(`${good ? 'ok ' : 'NOT'}  ${text}\n`);
  };
  STEPS.forEach(({ name, succeeds }, i) =>
    say(lines[i] === `${i} ${succeeds ? 'yes' : 'no'}`, `${succeeds ? 'allowed' : 'refused'}  ${name}`),
  );
  say(lines.at(-1) === '0', 'the command never had the key');
  const keys = record.flatMap((arrival) =>
    arrival.kind === 'request' && arrival.server === 'api.model.example' ? [headerOf(arrival, 'x-api-key')] : [],
  );
  say(keys.length === 2 && keys.every((value) => value === key), 'the model host saw ours, and only ours');
  say(
    !record.some((arrival) => (arrival.kind === 'tcp' || arrival.kind === 'udp') && arrival.to === '198.51.100.66'),
    'nothing arrived where an escape would',
  );
  say(
    !record.some((arrival) => arrival.kind === 'dns' && arrival.name.includes('attacker')),
    'no name was asked for outside',
  );
  process.stdout.write('\nWhat the proxy logged:\n');
  for (const row of summary) process.stdout.write(`  ${JSON.stringify(row)}\n`);
  process.stdout.write(
    '\nNext: write a policy and try `node dist/bin/anchorhold.js check POLICY`; `npx cdk synth` shows the AWS stack.\n',
  );
  process.exitCode = wrong === 0 ? 0 : 1;
}

void main();
