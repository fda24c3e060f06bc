import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { Deployment, type DeploymentOptions, type Outcome, type World } from './terraform';

const ROOT = join(__dirname, '../..');

/** Where programs of ours were synthesized. */
export interface Synthesis {
  /** The folder of each one's first stack. */
  readonly folders: readonly string[];
  remove(): void;
}

/** Synthesizes programs of ours, each into a folder of its own. `words` go to node. */
export function synthesize(
  programs: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  words: readonly string[] = [],
): Synthesis {
  const out = mkdtempSync(join(tmpdir(), 'anchorhold-out-'));
  const paths = programs.map((program) => join(ROOT, program));
  execFileSync(process.execPath, [...words, '--import', 'tsx', join(__dirname, 'synthesize-all.mjs'), out, ...paths], {
    cwd: ROOT,
    stdio: 'pipe',
    env: { ...environment, PATH: process.env.PATH, HOME: out },
  });
  const folders = programs.map((_, index) => {
    const stacks = join(out, String(index), 'stacks');
    return join(stacks, readdirSync(stacks)[0] ?? '');
  });
  return { folders, remove: () => rmSync(out, { recursive: true, force: true }) };
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
export async function live(folder: string, options: DeploymentOptions = {}): Promise<Life> {
  const deployment = await Deployment.open(folder, options);
  try {
    const steps: Record<string, Outcome> = {};
    const run = async (step: string, ...words: readonly string[]): Promise<void> =>
      void (steps[step] = await deployment.run(...words));
    const again = ['plan', '-input=false', '-detailed-exitcode'];
    await run('init', 'init', '-input=false');
    await run('validate', 'validate');
    await run('plan', 'plan', '-input=false', '-out=made');
    const plan = (await deployment.run('show', '-json', 'made')).out;
    await run('apply', 'apply', '-input=false', 'made');
    await run('second plan', ...again);
    const state = deployment.state();
    const shown = (await deployment.run('show', '-json')).out;
    deployment.change(loosen);
    await run('plan after the drift', ...again, '-out=healed');
    await run('heal', 'apply', '-input=false', 'healed');
    await run('last plan', ...again);
    await run('destroy', 'destroy', '-auto-approve', '-input=false');
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
