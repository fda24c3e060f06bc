import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { providerSchema, resourceSchema } from './stub/schema';

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

/** A configuration in a folder of its own, with the stand-in as its only provider. */
export class Deployment {
  readonly folder = mkdtempSync(join(tmpdir(), 'anchorhold-tf-'));
  private readonly config = join(this.folder, 'config');
  private readonly world = join(this.folder, 'world.json');
  private readonly env: NodeJS.ProcessEnv;

  /** `source`: a folder of `*.tf.json` and `*.tf`, with its modules below it. `version`: what the mirror says it serves. */
  constructor(source: string, version = '6.50.0') {
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
    this.layMirror(version);
    const mirror = JSON.stringify(join(this.folder, 'mirror'));
    writeFileSync(rc, `provider_installation {\n  filesystem_mirror {\n    path = ${mirror}\n  }\n}\n`);
  }

  run(...words: readonly string[]): Outcome {
    return this.runIn(this.config, words);
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
    rmSync(this.folder, { recursive: true, force: true });
  }

  private runIn(cwd: string, words: readonly string[]): Outcome {
    const { status, stdout, stderr, error } = spawnSync(findTerraform(), [...words, '-no-color'], {
      cwd,
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return { code: status, out: `${stdout ?? ''}${stderr ?? ''}${error ? String(error) : ''}` };
  }

  /** A folder that looks like a registry, where the provider is the stand-in. */
  private layMirror(version: string): void {
    const program = join(this.folder, 'provider.cjs');
    buildSync({
      entryPoints: [join(__dirname, 'stub/provider.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      logLevel: 'error',
    });
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    const place = join(this.folder, 'mirror', this.providerAddress(), version, `${process.platform}_${arch}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(
      join(place, `terraform-provider-google_v${version}`),
      `#!/bin/sh\nexec '${process.execPath}' '${program}'\n`,
      { mode: 0o755 },
    );
  }

  /** terraform and tofu put hosts of their own before `hashicorp/google`: ask. */
  private providerAddress(): string {
    const probe = join(this.folder, 'probe');
    mkdirSync(probe);
    const json = { terraform: { required_providers: { google: { source: 'hashicorp/google' } } } };
    writeFileSync(join(probe, 'main.tf.json'), JSON.stringify(json));
    const { out } = this.runIn(probe, ['providers']);
    const found = /provider\[([^\]]*\/google)\]/.exec(out)?.[1];
    if (found === undefined) throw new Error(`terraform: expected it to name the provider, got: ${out}`);
    return found;
  }
}

function resourceSchemas(folder: string): Record<string, object> {
  const types = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.tf.json'))
    .flatMap((name) => {
      const { resource } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { resource?: object }; // Terraform's shape
      return Object.keys(resource ?? {});
    });
  return Object.fromEntries([...new Set(types)].map((type) => [type, resourceSchema(type)]));
}
