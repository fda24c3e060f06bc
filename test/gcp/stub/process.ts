import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';

let bundle: string | undefined;

/** The stand-in as one file that node runs; built once a test file, gone when it ends. */
export function providerProgram(): string {
  if (bundle !== undefined) return bundle;
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-provider-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  bundle = join(folder, 'provider.cjs');
  buildSync({
    entryPoints: [join(__dirname, 'provider.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return bundle;
}

/** A stand-in that runs already: a command that is told where neither starts one nor ends it. */
export interface RunningProvider {
  /** What `TF_REATTACH_PROVIDERS` wants of it. */
  readonly reattach: object;
  close(): void;
}

/** Starts it once for many commands: each would start its own several times. */
export async function startProvider(env: NodeJS.ProcessEnv): Promise<RunningProvider> {
  const child = spawn(process.execPath, [providerProgram()], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await handshake(child);
  return {
    reattach: {
      Protocol: 'grpc',
      ProtocolVersion: 5,
      Pid: child.pid,
      Test: true,
      Addr: { Network: 'tcp', String: address },
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** `1|5|tcp|ADDRESS|grpc` is its first line. */
function handshake(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the stand-in ended with ${code} before it listened`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).once('line', (line) => resolve(line.split('|')[3] ?? ''));
  });
}
