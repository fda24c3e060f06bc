/** Runs one `observe-*.ts` in a namespace of its own and prints what it saw as JSON. Argument: the file's path. */
import { Lab } from './lab';

async function main(): Promise<void> {
  const [file = ''] = process.argv.slice(2);
  // The suite names a file beside this one, which exports `observe`.
  const { observe } = (await import(file)) as { observe(lab: Lab): Promise<unknown> };
  const lab = new Lab();
  try {
    const seen = await observe(lab);
    await new Promise((resolve) => process.stdout.write(`${JSON.stringify(seen)}\n`, resolve));
  } finally {
    lab.remove();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
