/**
 * `npm test`: prepare, typecheck and lint, the unit tests, then the real suites. `--unit` or `--real` chooses one of them;
 * everything else goes to jest (`npm test -- --real test/twin -t 'metadata'`), and then only tests are run. A choice that
 * no test answers is a failure. The last line, `N passed, N failed`, sums up.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { build } from './build.mjs';
import { ensureCloudInit } from './cloud-init.mjs';
import { ensureMinistack } from './ministack.mjs';
import { installNodePackages } from './node-packages.mjs';
import { prepare } from './prepare.mjs';
import { ensureScanners } from './scanners.mjs';
import { ask, asProgram, Refusal, root, say, show } from './say.mjs';
import { ensureTerraform } from './terraform.mjs';

const SUITES = { unit: 'jest.config.js', real: 'jest.real.config.js' };
const JEST = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

const HELP = `Usage: npm test -- [--unit | --real] [part of a path ...] [-t 'part of a name']

Without arguments: installs what is missing, checks types, lint and format, and runs all tests. With arguments: only the tests
they choose. What isn't --unit or --real goes to jest.

The last line is \`N passed, N failed\`. Exit: 0 nothing failed, 1 something did or nothing was chosen.
`;

await asProgram(import.meta.url, (args) => {
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(HELP);
  const total = { passed: 0, failed: 0, skipped: 0 };
  try {
    runAll(args, total);
  } catch (error) {
    say(error instanceof Refusal ? error.message : error.stack);
    total.failed += 1;
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});

function runAll(args, total) {
  const named = Object.keys(SUITES).filter((suite) => args.includes(`--${suite}`));
  const further = args.filter((arg) => !(arg.startsWith('--') && arg.slice(2) in SUITES));
  const chosen = named.length > 0 ? named : Object.keys(SUITES);
  // the unit tests run on any machine that has node
  if (chosen.includes('real')) {
    prepare();
    ensureTerraform();
    ensureMinistack();
    ensureScanners();
    ensureCloudInit();
    ensureBrowser();
  } else installNodePackages();
  if (args.length === 0) check(total);
  build();
  for (const suite of chosen.filter((name) => hasFiles(name, further))) add(total, jest(suite, further));
  if (total.passed + total.failed > 0) return;
  throw new Refusal(
    `npm test: expected a test that ${args.join(' ')} chooses, got none.\n  Mend: give a part of a path (test/cli), or -t and a part of a test's name`,
  );
}

function hasFiles(suite, further) {
  return ask(process.execPath, [JEST, '-c', SUITES[suite], '--listTests', ...further]).out.trim() !== '';
}

/** Each check that fails counts as one failure, so that the last line never reads like a success. */
function check(total) {
  const tool = (name, ...args) => show(process.execPath, [join(root, 'node_modules', name), ...args]);
  const results = {
    typecheck: () => tool('typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'),
    eslint: () => tool('eslint/bin/eslint.js', '.'),
    prettier: () => tool('prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn'),
  };
  for (const [name, run] of Object.entries(results)) {
    say(name);
    if (run() === 0) continue;
    say(`${name} failed`);
    total.failed += 1;
  }
}

function jest(suite, further) {
  const folder = join(root, '.cache', 'test');
  const report = join(folder, `${suite}.json`);
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  say(`jest: ${suite}`);
  const code = show(process.execPath, [JEST, '-c', SUITES[suite], '--json', `--outputFile=${report}`, ...further]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, numPendingTests } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { passed: numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped: numPendingTests };
}

function add(total, more) {
  for (const key of Object.keys(total)) total[key] += more[key];
}
