/** The show itself: a stand-in internet, an agent shut in, and what came of everything it tried. No output of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { definePolicy } from '../../lib/policy';
import { CELL_LINK, PLACEHOLDER, run, type RunResult } from '../../lib/twin';
import type { Told } from './agent';
import { arrivalsOutside, checksOf, type Check } from './checks';
import { startInternet, type Internet } from './stand-in';
import { stepsOf, type Step } from './steps';

/** What one attempt of the agent came to. */
export interface Outcome {
  readonly name: string;
  readonly expected: Step['expected'];
  readonly exitCode: number;
  /** What the program in the cell said last. */
  readonly said: string;
  readonly ok: boolean;
}

export interface Show {
  readonly outcomes: readonly Outcome[];
  readonly checks: readonly Check[];
  readonly run: RunResult;
  readonly passed: boolean;
}

/** What is going on, for someone who watches. */
export type Progress = (stage: string, done: number, of: number) => void;

/** Plays it once, in about three seconds. Throws when it can't be set up, `RunRefused` when nothing can be confined here. */
export async function playShow(progress: Progress): Promise<Show> {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-demo-'));
  const secrets = { modelKey: `demo-${secret()}`, gitPassword: `git-${secret()}` };
  progress('starting a stand-in internet', 0, 1);
  const [internet] = await Promise.all([startInternet(secrets), bundleAgent(join(folder, 'agent.cjs'))]);
  try {
    const control = arrivalsOutside(internet);
    internet.clear();
    const authority = join(folder, 'authority.pem');
    writeFileSync(authority, internet.authority);
    const steps = stepsOf(authority);
    const result = await runAgent({ folder, internet, secrets, steps, authority, progress });
    const told = readTold(result.stdout ?? '');
    const outcomes = outcomesOf(steps, told);
    const checks = checksOf({ told, control, secrets, internet, placeholder: PLACEHOLDER });
    return { outcomes, checks, run: result, passed: [...outcomes, ...checks].every(({ ok }) => ok) };
  } finally {
    internet.stop();
  }
}

interface Setting {
  readonly folder: string;
  readonly internet: Internet;
  readonly secrets: { readonly modelKey: string; readonly gitPassword: string };
  readonly steps: readonly Step[];
  readonly authority: string;
  readonly progress: Progress;
}

async function runAgent({ folder, internet, secrets, steps, authority, progress }: Setting): Promise<RunResult> {
  process.env['ANCHORHOLD_DEMO_KEY'] = secrets.modelKey;
  process.env['ANCHORHOLD_DEMO_GIT'] = secrets.gitPassword;
  const agent = join(folder, 'agent.cjs');
  const prompt = ['Do these, one after another:', ...steps.map(({ command }) => `$ ${command}`)].join('\n');
  let lines = 0;
  progress('shutting the agent in', 0, steps.length);
  return run({
    policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
    command: ['node', agent, prompt],
    environment: {
      ANTHROPIC_BASE_URL: `http://${CELL_LINK.proxy}:${CELL_LINK.gatewayPort}/anthropic`,
      ANTHROPIC_API_KEY: PLACEHOLDER,
    },
    secrets: { 'model-key': { env: 'ANCHORHOLD_DEMO_KEY' }, 'git-token': { env: 'ANCHORHOLD_DEMO_GIT' } },
    authorities: { lab: authority },
    uplink: { kind: 'veth', namespace: internet.namespace.name, resolver: internet.resolver },
    readOnlyBinds: [agent, authority],
    runDirectory: folder,
    stdio: 'capture',
    notice: () => undefined, // they are part of the result
    output: (text) => {
      lines += text.split('\n').length - 1;
      progress('the agent is at work', Math.min(lines, steps.length), steps.length);
    },
  });
}

/** One file, so that nothing of this project's folder needs to be shown in the cell. */
async function bundleAgent(outfile: string): Promise<void> {
  const entry = join(__dirname, 'agent.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
}

function readTold(stdout: string): readonly Told[] {
  // each line was written by `tell`
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Told);
}

function outcomesOf(steps: readonly Step[], told: readonly Told[]): readonly Outcome[] {
  const calls = told.flatMap((line) => (line.kind === 'tool' ? [line] : []));
  return steps.map(({ name, command, expected }) => {
    const call = calls.find((made) => made.command === command);
    if (call === undefined) return { name, expected, exitCode: -1, said: 'was never tried', ok: false };
    const said = expected === 'look' ? '' : (call.err.trim().split('\n').at(-1) ?? '');
    return { name, expected, exitCode: call.code, said, ok: (call.code === 0) === (expected !== 'refused') };
  });
}

function secret(): string {
  return randomBytes(12).toString('hex');
}
