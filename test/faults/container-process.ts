import { type ChildProcess, execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a container's program does as a platform runs it: the first process of its process namespace, both outputs kept. */
export class ContainerProcess {
  /** Exit code of the first process, or what ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;
  private readonly output: Readonly<Record<'out' | 'err', number>>;

  constructor(words: readonly string[], cwd: string) {
    // Files, since Envoy opens its standard output once more: it can do that with a platform's pipes, not with node's sockets.
    const folder = fs.mkdtempSync(join(tmpdir(), 'anchorhold-container-'));
    const [out, err] = [fs.openSync(join(folder, 'out'), 'a+'), fs.openSync(join(folder, 'err'), 'a+')];
    // They live on without a name, so that nothing is left behind however this process ends.
    fs.rmSync(folder, { recursive: true });
    this.output = { out, err };
    this.child = spawn('unshare', ['-p', '-f', '--kill-child', ...words], { cwd, stdio: ['ignore', out, err] });
    process.once('exit', () => this.child.kill('SIGKILL'));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(code ?? signal ?? 'none')),
    );
  }

  /** What it has written to one of the two so far. */
  read(output: 'out' | 'err'): string {
    // From its beginning: the descriptor itself stands where was last written.
    return fs.readFileSync(`/proc/self/fd/${this.output[output]}`, 'utf8');
  }

  /** All it has written so far. */
  get text(): string {
    return this.read('out') + this.read('err');
  }

  /** As the platform's stop: the first process gets it, and no other. */
  signal(name: NodeJS.Signals): void {
    for (const pid of childrenOf(this.child.pid ?? 0)) process.kill(pid, name);
  }

  kill(): Promise<number | string> {
    this.signal('SIGKILL');
    return this.ended;
  }

  /** Aborts a worker of its Envoy while it has work in hand. */
  async crash(): Promise<void> {
    const pid = [...this.descendants()].find((one) => nameOf(one) === 'envoy');
    // A signal to one thread is a system call that node doesn't have.
    await promisify(execFile)('python3', [join(__dirname, 'abort_worker.py'), String(pid)]);
  }

  private *descendants(pid = this.child.pid ?? 0): Generator<number> {
    for (const child of childrenOf(pid)) {
      yield child;
      yield* this.descendants(child);
    }
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function nameOf(pid: number): string {
  return fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}
