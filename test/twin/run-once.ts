import { run, type RunOptions } from '../../lib/twin';

/** `tsx run-once.ts OPTIONS`: one run in a process of its own, which a signal can end. Its exit code is the run's. */
async function main(): Promise<void> {
  // The test beside it wrote them.
  const options = JSON.parse(process.argv[2] ?? '{}') as RunOptions;
  const { exitCode } = await run({ ...options, notice: (line) => void process.stderr.write(`${line}\n`) });
  process.exitCode = exitCode;
}

void main();
