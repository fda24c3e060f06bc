import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { providerProgram, type RunningProvider, startProvider } from './stub/process';
import { type Block, providerSchema, resourceSchema } from './stub/schema';

/** What one command gave. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
}

/** Objects that "really" exist, as the stand-in keeps them: key → settings. */
export type World = Record<string, Record<string, unknown>>;

/** The terraform (or tofu) to test with: named by ANCHORHOLD_TERRAFORM, or the project's own, or the one on PATH. */
export function findTerraform(): string {
  const cached = join(__dirname, '../../.cache/terraform/terraform');
  return process.env.ANCHORHOLD_TERRAFORM ?? (existsSync(cached) ? cached : 'terraform');
}

export interface DeploymentOptions {
  /** What the mirror says it serves. @default '6.50.0' */
  readonly version?: string;
  /** @default - what `findTerraform` finds */
  readonly program?: string;
  /** Whether commands start the provider themselves, as a user's do. @default false, one runs for all of them */
  readonly starts?: boolean;
}

/** A configuration in a folder of its own, with the stand-in as its only provider. */
export class Deployment {
  /** `source`: a folder of `*.tf.json` and `*.tf`, with its modules below it. */
  static async open(source: string, options: DeploymentOptions = {}): Promise<Deployment> {
    const deployment = new Deployment(source, options.program ?? findTerraform());
    const address = await deployment.providerAddress();
    deployment.layMirror(address, options.version ?? '6.50.0');
    if (!options.starts) deployment.running = [address, await startProvider(deployment.env)];
    return deployment;
  }

  readonly folder = mkdtempSync(join(tmpdir(), 'anchorhold-tf-'));
  private readonly config = join(this.folder, 'config');
  private readonly world = join(this.folder, 'world.json');
  private readonly env: NodeJS.ProcessEnv;
  private running?: readonly [address: string, provider: RunningProvider];

  private constructor(
    source: string,
    private readonly program: string,
  ) {
    cpSync(source, this.config, { recursive: true });
    const schema = { provider: providerSchema(), resources: resourceSchemas(this.config) };
    const rc = join(this.folder, 'cli.rc');
    writeFileSync(join(this.folder, 'schema.json'), JSON.stringify(schema));
    writeFileSync(rc, '');
    this.env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      TF_CLI_CONFIG_FILE: rc,
      TF_DATA_DIR: join(this.folder, 'data'),
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      TF_DISABLE_PLUGIN_TLS: '1',
      STUB_SCHEMA: join(this.folder, 'schema.json'),
      STUB_WORLD: this.world,
    };
  }

  /** `init` takes the provider from the mirror, which judges its version; the rest may find one that runs. */
  run(...words: readonly string[]): Promise<Outcome> {
    if (!this.running || words[0] === 'init') return this.runIn(this.config, words, this.env);
    const [address, { reattach }] = this.running;
    return this.runIn(this.config, words, {
      ...this.env,
      TF_REATTACH_PROVIDERS: JSON.stringify({ [address]: reattach }),
    });
  }

  /** What exists. */
  read(): World {
    return existsSync(this.world) ? (JSON.parse(readFileSync(this.world, 'utf8')) as World) : {}; // written by the stand-in
  }

  /** Changes what exists behind Terraform's back. */
  change(edit: (world: World) => void): void {
    const world = this.read();
    edit(world);
    writeFileSync(this.world, JSON.stringify(world));
  }

  /** Terraform's state, byte for byte. */
  state(): string {
    return readFileSync(join(this.config, 'terraform.tfstate'), 'utf8');
  }

  close(): void {
    this.running?.[1].close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private runIn(cwd: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
    return new Promise((resolve) => {
      const child = spawn(this.program, [...words, '-no-color'], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      const add = (chunk: string): string => (out += chunk);
      child.stdout.setEncoding('utf8').on('data', add);
      child.stderr.setEncoding('utf8').on('data', add);
      child.on('error', (error) => resolve({ code: null, out: String(error) }));
      child.on('close', (code) => resolve({ code, out }));
    });
  }

  /** A folder that looks like a registry, where the provider is the stand-in. */
  private layMirror(address: string, version: string): void {
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    const mirror = join(this.folder, 'mirror');
    const place = join(mirror, address, version, `${process.platform}_${arch}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, `terraform-provider-google_v${version}`),
      `#!/bin/sh\nexec '${process.execPath}' '${providerProgram()}'\n`,
      { mode: 0o755 },
    );
    const installation = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
    writeFileSync(join(this.folder, 'cli.rc'), installation);
  }

  /** terraform and tofu put hosts of their own before `hashicorp/google`: ask. */
  private async providerAddress(): Promise<string> {
    const before = addresses.get(this.program);
    if (before !== undefined) return before;
    const probe = join(this.folder, 'probe');
    mkdirSync(probe);
    const json = { terraform: { required_providers: { google: { source: 'hashicorp/google' } } } };
    writeFileSync(join(probe, 'main.tf.json'), JSON.stringify(json));
    const { out } = await this.runIn(probe, ['providers'], this.env);
    const found = /provider\[([^\]]*\/google)\]/.exec(out)?.[1];
    if (found === undefined) throw new Error(`${this.program}: expected it to name the provider, got: ${out}`);
    addresses.set(this.program, found);
    return found;
  }
}

/** Whole address of the provider, by program. */
const addresses = new Map<string, string>();
const schemas = new Map<string, Block>();

function resourceSchemas(folder: string): Record<string, Block> {
  const types = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tf.json'))
    .flatMap((name) => {
      const { resource } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { resource?: object }; // Terraform's shape
      return Object.keys(resource ?? {});
    });
  return Object.fromEntries([...new Set(types)].map((type) => [type, schemaOf(type)]));
}

function schemaOf(type: string): Block {
  const found = schemas.get(type) ?? resourceSchema(type);
  schemas.set(type, found);
  return found;
}
