/** `npm start`: an agent shut in, a policy, a stand-in internet, and what each of its attempts came to. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { RunRefused } from '../../lib/twin';
import { drawProgress } from './progress';
import { asDocument, asText } from './report';
import { playShow } from './show';
import { asNamespaceRoot, insideUserNamespace } from './stand-in';

const HELP = `Usage: npm start [-- --json]

Shows the boundary at work on this machine, without any account: a model vendor's client library, shut in a cell, obeys
a model that was led astray. Everything outside is a stand-in. Works as root and as a plain user. Takes about 4 seconds.

  --json   one JSON document on standard output (examples/demo/demo.schema.json)
  --help   this text

Exit: 0 all came out as it must, 1 something didn't, 2 a mistake in the command line, 125 nothing can be confined here.
`;

async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  if ('mistake' in asked) return tell(`npm start: ${asked.mistake}; see npm start -- --help\n`, 2);
  if (asked.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.getuid?.() !== 0) return becomeRoot();
  const started = Date.now();
  const progress = drawProgress(process.stderr);
  try {
    const show = await playShow(progress);
    progress.end();
    const user = insideUserNamespace() ? 'plain' : 'root';
    process.stdout.write(asked.json ? asDocument(show, user, Date.now() - started) : asText(show));
    return show.passed ? 0 : 1;
  } catch (error) {
    progress.end();
    if (error instanceof RunRefused) return tell(`npm start: ${error.message}\n`, 125);
    throw error;
  }
}

function readArguments(args: readonly string[]): { json: boolean; help: boolean } | { mistake: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { json: values.json ?? false, help: values.help ?? false };
  } catch (error) {
    return { mistake: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}

/** The same program once more, as root of namespaces of its own: no right on this machine is needed for that. */
function becomeRoot(): number {
  const trial = spawnSync('unshare', ['-Urnm', 'true'], { encoding: 'utf8' });
  if (trial.status !== 0) {
    const cause = trial.error ? trial.error.message : trial.stderr.trim();
    const cure = 'allow user namespaces (kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces)';
    return tell(`npm start: expected a plain user to make namespaces, got ${cause}; ${cure}, or run as root\n`, 125);
  }
  const [program = '', ...words] = asNamespaceRoot([process.execPath, ...process.execArgv, ...process.argv.slice(1)]);
  return spawnSync(program, words, { stdio: 'inherit' }).status ?? 1;
}

function tell(text: string, exit: number): number {
  process.stderr.write(text);
  return exit;
}

main().then(
  (exit) => {
    process.exitCode = exit;
  },
  (error: unknown) => {
    process.stderr.write(
      `npm start: a fault of the program, please report it:\n${String(error instanceof Error ? error.stack : error)}\n`,
    );
    process.exitCode = 70;
  },
);
