/**
 * How long the reference stack takes to synthesize, against a bare stack of the very same resources, in one run: each in a
 * process of its own, by turns, the best of some. And what importing `anchorhold/aws` (built, `npm run build`) adds to aws-cdk-lib.
 * `npx tsx bench/synth.ts --help` says how it is asked.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `Usage: tsx bench/synth.ts [options]
  --runs N   how often each; the best counts   (3)
  --json     one JSON document
`;
const ROOT = join(__dirname, '..');
const NO_METADATA = { AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_CLI_TELEMETRY: '1' };

/** The resources of the template in its first argument, and nothing of ours. */
const BARE = `
const { App, CfnMapping, CfnResource, Stack } = require('aws-cdk-lib');
const { Mappings = {}, Resources } = JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'));
const app = new App();
const stack = new Stack(app, 'Bare');
for (const [id, { Type, Properties, ...rest }] of Object.entries(Resources)) {
  const resource = new CfnResource(stack, id, { type: Type, properties: Properties });
  resource.overrideLogicalId(id);
  for (const [name, value] of Object.entries(rest)) resource.addOverride(name, value);
}
for (const [id, mapping] of Object.entries(Mappings)) new CfnMapping(stack, id, { mapping }).overrideLogicalId(id);
app.synth();
`;

/** The same with the library's class for each resource, as people write them who use no construct. */
const TYPED = `
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const app = new App();
new CfnInclude(new Stack(app, 'Typed'), 'Template', { templateFile: process.argv[1] });
app.synth();
`;

/** Prints milliseconds of processor time of importing the library with all of it that we use, then ours. */
const IMPORT = `
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const folder = join(process.cwd(), 'dist/lib/aws');
const named = new Set();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.js')))
  for (const [, name] of readFileSync(join(folder, file), 'utf8').matchAll(/require\\("((?:aws-cdk-lib|constructs)[^"]*)"\\)/g)) named.add(name);
const milliseconds = (run) => {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
};
// Each name of the library is loaded when it is first read.
const library = milliseconds(() => [...named].forEach((name) => Object.values(require(name))));
console.log(JSON.stringify({ library, ours: milliseconds(() => require(folder)) }));
`;

interface Time {
  /** Milliseconds on the clock. */
  readonly wall: number;
  /** Milliseconds of processor time, of the process and all it started. */
  readonly processor: number;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-synth-'));
  try {
    const result = measure(folder, Number(values.runs));
    process.stdout.write(values.json ? `${JSON.stringify(result, undefined, 2)}\n` : text(result));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Result = ReturnType<typeof measure>;

function measure(folder: string, runs: number) {
  // cdk.json is ours: what stands in it is known.
  const { app, context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { app: string; context: object };
  const env = { CDK_OUTDIR: join(folder, 'out'), CDK_CONTEXT_JSON: JSON.stringify(context) };
  const [program = '', ...words] = app.split(' ');
  const ours = () => time(program, words, env);
  ours();
  const template = join(folder, 'template.json');
  // Without the frame that each stack of the library has anyway.
  const { Mappings, Resources } = JSON.parse(readFileSync(join(folder, 'out/Anchorhold.template.json'), 'utf8')) as {
    Mappings?: object;
    Resources: object;
  };
  writeFileSync(template, JSON.stringify({ Mappings, Resources }));
  const bare = () => time('node', ['-e', BARE, template], { ...env, CDK_OUTDIR: join(folder, 'bare') });
  const typed = () => time('node', ['-e', TYPED, template], { ...env, CDK_OUTDIR: join(folder, 'typed') });
  const command = () => time('npx', ['cdk', 'synth', '--quiet', '--output', join(folder, 'command')], {});
  const turns = Array.from({ length: runs }, () => ({
    ours: ours(),
    bare: bare(),
    typed: typed(),
    command: command(),
  }));
  const best = (name: 'ours' | 'bare' | 'typed' | 'command'): Time => ({
    wall: Math.min(...turns.map((turn) => turn[name].wall)),
    processor: Math.min(...turns.map((turn) => turn[name].processor)),
  });
  const imports = existsSync(join(ROOT, 'dist/lib/aws/index.js'))
    ? Array.from({ length: runs }, importTime).sort((a, b) => a.ours - b.ours)[0]
    : undefined;
  const found = { command: best('command'), app: best('ours'), bare: best('bare'), typed: best('typed'), imports };
  const ratio = (of: Time) => found.app.processor / of.processor;
  return { ...found, ratio: ratio(found.bare), typedRatio: ratio(found.typed) };
}

function importTime(): { library: number; ours: number } {
  const printed = execFileSync('node', ['-e', IMPORT], { cwd: ROOT, encoding: 'utf8' });
  // What the program above prints.
  return JSON.parse(printed) as { library: number; ours: number };
}

/** Throws when the program fails. */
function time(program: string, words: readonly string[], env: Readonly<Record<string, string>>): Time {
  const start = performance.now();
  // bash tells the processor time of what it waited for; node has no call for it.
  const script = 'TIMEFORMAT="%U %S"; time "$@" 2>/dev/null >/dev/null';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', program, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...NO_METADATA, ...env },
  });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${program} ${words.slice(0, 2).join(' ')}: exit ${status}`);
  const [user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { wall, processor: (user + system) * 1000 };
}

function text({ command, app, bare, typed, ratio, typedRatio, imports }: Result): string {
  const line = (name: string, { wall, processor }: Time) =>
    `${name.padEnd(44)} ${(wall / 1000).toFixed(1)} s, ${(processor / 1000).toFixed(1)} s of processor\n`;
  const ours = imports
    ? `import of anchorhold/aws beyond the library's      ${Math.round(imports.ours)} ms (the library: ${Math.round(imports.library)} ms)\n`
    : 'import of anchorhold/aws: not built (npm run build)\n';
  return (
    line('npx cdk synth', command) +
    line('the reference stack’s program', app) +
    line('a bare stack of the same resources', bare) +
    line('one of the library’s typed resources', typed) +
    `ratio of processor time                      ${ratio.toFixed(2)}, to typed resources ${typedRatio.toFixed(2)}\n${ours}`
  );
}

main();
