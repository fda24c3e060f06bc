import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');
const PACKAGES = join(ROOT, '.cache/ministack');
const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
/** Also its access key: that is how the emulator tells accounts apart. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** Why nothing can be deployed here; undefined when it can. */
export const reasonToSkip = existsSync(join(PACKAGES, 'ministack'))
  ? undefined
  : 'no emulator: `node scripts/ministack.mjs` says why';

/** An emulated account in a process of its own, and the real CDK command line against it. */
export class EmulatedAccount {
  /** Starts it on a free port of loopback, with `settings` of its own, and waits until it answers. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<EmulatedAccount> {
    const port = await freePort();
    const state = mkdtempSync(join(tmpdir(), 'anchorhold-account-'));
    const child = spawn('python3', [join(__dirname, 'emulator.py')], {
      cwd: state,
      stdio: 'ignore',
      env: {
        ...settings,
        PATH: process.env['PATH'],
        HOME: state,
        TMPDIR: state,
        PYTHONPATH: PACKAGES,
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        GATEWAY_PORT: String(port),
        // Its Lambda for the default group asks for the SDK, which AWS has beside every function.
        NODE_PATH: join(ROOT, 'node_modules'),
      },
    });
    process.once('exit', () => child.kill('SIGKILL'));
    const account = new EmulatedAccount(child, `http://localhost:${port}`, state);
    for (let tries = 0; tries < 300 && !(await account.answers()); tries++)
      await new Promise((done) => setTimeout(done, 100));
    return account;
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly endpoint: string,
    private readonly state: string,
  ) {}

  /** For a client of the SDK. */
  get client(): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } } {
    return {
      endpoint: this.endpoint,
      region: REGION,
      credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'emulated' },
    };
  }

  /** Runs the CDK's command line on the reference stack. Throws with all it said when it fails. */
  async cdk(...words: readonly string[]): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      HOME: this.state,
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: '1',
      // The library's own validator takes seconds a time; `synth.real.test.ts` has it on.
      CDK_VALIDATION: 'false',
    };
    const options = { cwd: ROOT, env, maxBuffer: 1 << 26 };
    await promisify(execFile)(process.execPath, [CDK, ...words, '--ci'], options).catch((failure: unknown) => {
      // What `execFile` rejects with.
      const { stdout = '', stderr = '' } = failure as { stdout?: string; stderr?: string };
      throw new Error(`cdk ${words.join(' ')}: ${stdout.slice(-3000)}${stderr.slice(-3000)}`);
    });
  }

  stop(): void {
    this.child.kill('SIGKILL');
    rmSync(this.state, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    return fetch(this.endpoint).then(
      () => true,
      () => false,
    );
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      // A listening TCP server's address is an object.
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
