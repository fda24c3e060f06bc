import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { Deployment, type Outcome, type World } from './terraform';

const ROOT = join(__dirname, '../..');

/** Synthesizes a program of ours into a folder of its own, and gives the folder of its first stack. */
export function synthesize(
  program: string,
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): { folder: string; remove: () => void } {
  const out = mkdtempSync(join(tmpdir(), 'anchorhold-out-'));
  execFileSync(process.execPath, [...words, '--import', 'tsx', join(ROOT, program)], {
    cwd: ROOT,
    stdio: 'pipe',
    env: { ...environment, PATH: process.env.PATH, HOME: out, CDKTF_OUTDIR: out },
  });
  const [stack = ''] = readdirSync(join(out, 'stacks'));
  return { folder: join(out, 'stacks', stack), remove: () => rmSync(out, { recursive: true, force: true }) };
}

/** What a configuration's life was: each command's outcome by its step, what Terraform wrote, and how many objects were left. */
export interface Life {
  readonly steps: Readonly<Record<string, Outcome>>;
  readonly state: string;
  /** As `terraform show -json` gives it. */
  readonly plan: string;
  /** The state, likewise. */
  readonly shown: string;
  readonly left: number;
}

/** The whole life of a configuration: made, unchanged, loosened by another hand, healed, taken down. */
export function live(folder: string, version?: string): Life {
  const deployment = new Deployment(folder, version);
  try {
    const steps: Record<string, Outcome> = {};
    const run = (step: string, ...words: readonly string[]): Outcome => (steps[step] = deployment.run(...words));
    const again = ['plan', '-input=false', '-detailed-exitcode'];
    run('init', 'init', '-input=false');
    run('validate', 'validate');
    run('plan', 'plan', '-input=false', '-out=made');
    const plan = deployment.run('show', '-json', 'made').out;
    run('apply', 'apply', '-input=false', 'made');
    run('second plan', ...again);
    const state = deployment.state();
    const shown = deployment.run('show', '-json').out;
    deployment.change(loosen);
    run('plan after the drift', ...again, '-out=healed');
    run('heal', 'apply', '-input=false', 'healed');
    run('last plan', ...again);
    run('destroy', 'destroy', '-auto-approve', '-input=false');
    return { steps, state, plan, shown, left: Object.keys(deployment.read()).length };
  } finally {
    deployment.close();
  }
}

/** What another hand might do: deny rules off, names let go. */
function loosen(world: World): void {
  for (const [key, settings] of Object.entries(world)) {
    if (key.startsWith('google_compute_firewall ') && settings.direction === 'EGRESS') settings.disabled = true;
    if (key.startsWith('google_dns_response_policy_rule ')) delete world[key];
  }
}
