import { Command, Option } from 'commander';
import type { CheckOptions } from './check';
import type { CompileOptions } from './compile';
import type { ExplainOptions } from './explain';
import { lazy } from './layers';
import { packageVersion } from './package-version';
import type { ProveFlags } from './prove';
import type { RunFlags } from './run-options';
import type { Terminal } from './terminal';

const POLICY = 'path of the policy, or - for standard input';
const JSON_FLAG = ['--json', 'one versioned JSON document on standard output'] as const;

/**
 * The commands and their options. Parsing throws a `CommanderError` where commander would have ended the process.
 * @param exited told the exit code of the command that ran.
 */
export function buildProgram(terminal: Terminal, exited: (code: number) => void): Command {
  const program = new Command('anchorhold')
    .description("Runs an AI agent where the only way out is a proxy its own code can't touch.")
    .version(packageVersion())
    .exitOverride()
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: (text) => terminal.err(text) });
  addCheck(program, terminal, exited);
  addCompile(program, terminal, exited);
  addExplain(program, terminal, exited);
  addRun(program, terminal, exited);
  addProve(program, terminal, exited);
  return program;
}

function addCheck(program: Command, terminal: Terminal, exited: (code: number) => void): void {
  program
    .command('check')
    .summary('all problems of a policy, one a line')
    .description('Finds every problem of a policy: where, what was expected, how to mend it.')
    .argument('<policy>', POLICY)
    .option(...JSON_FLAG)
    .addHelpText('after', exits('0 sound, 1 not'))
    .action(async (path: string, options: CheckOptions) => exited(await lazy.check().check(path, options, terminal)));
}

function addCompile(program: Command, terminal: Terminal, exited: (code: number) => void): void {
  program
    .command('compile')
    .summary("Envoy's bootstrap and its side files")
    .description(
      "Compiles a policy to Envoy's bootstrap and its side files: the same bytes each time, no secret in any.",
    )
    .argument('<policy>', POLICY)
    .option('--out <dir>', 'write all files there, whole or not at all (else the bootstrap is printed)')
    .option('--show-policy', 'print the normalised policy: presets and defaults written out')
    .option(...JSON_FLAG)
    .addHelpText('after', exits('0 compiled, 1 not sound'))
    .action(async (path: string, options: CompileOptions) =>
      exited(await lazy.compile().compile(path, options, terminal)),
    );
}

function addExplain(program: Command, terminal: Terminal, exited: (code: number) => void): void {
  program
    .command('explain')
    .summary('the decision on one request, and its reason')
    .description('Tells what the policy decides on one request, and why.')
    .argument('<policy>', POLICY)
    .argument('<method>', 'as on the wire: GET, POST, …')
    .argument('<url>', 'https://host[:port]/path?query, judged as it is written')
    .option('-H, --header <header>', "'name: value'; may be repeated", repeated)
    .option(...JSON_FLAG)
    .addHelpText('after', exits('0 allow, 1 deny'))
    .action(async (path: string, method: string, url: string, options: ExplainOptions) =>
      exited(await lazy.explain().explain(path, method, url, options, terminal)),
    );
}

function addRun(program: Command, terminal: Terminal, exited: (code: number) => void): void {
  program
    .command('run')
    .summary('runs a command with the proxy as its only way out')
    .description(
      'Runs a command on this machine with the proxy as its only way out. Ends with what was allowed and refused.',
    )
    .usage('--policy <policy> [options] -- <command...>')
    .argument('<command...>', 'the program and its arguments')
    .passThroughOptions()
    .requiredOption('--policy <policy>', POLICY)
    .option(
      '--secret <name=source>',
      'where a secret is: NAME=env:VARIABLE or NAME=file:PATH; may be repeated',
      repeated,
    )
    .option('--ca <name=path>', 'PEM file of a certificate authority the policy names; may be repeated', repeated)
    .option('--workspace <dir>', 'mount a directory, read-only')
    .option(
      '--workspace-overlay <dir>',
      'mount a copy to write to; afterwards show the changes and apply or discard them',
    )
    .option('--workspace-tmp', 'an empty directory to write to, gone afterwards')
    .option('--apply', 'with --workspace-overlay: apply the changes without asking')
    .option('--discard', 'with --workspace-overlay: discard the changes without asking')
    .addOption(
      new Option('--network <way>', "none: no network at all, the proxy's sockets only (else proxy)").choices([
        'proxy',
        'none',
      ]),
    )
    .addOption(
      new Option('--isolation <name>', 'what confines it (else bubblewrap)').choices([
        'bubblewrap',
        'runc',
        'crun',
        'runsc',
      ]),
    )
    .option(
      '--uplink <way>',
      "the proxy's own way out: veth:NAMESPACE or veth:NAMESPACE,resolver=ADDRESS (else slirp4netns)",
    )
    .option('--envoy <path>', 'the Envoy program (else ANCHORHOLD_ENVOY, PATH, the cache)')
    .option('--json', 'one versioned JSON document on standard output, the output of the command in it')
    .addHelpText(
      'after',
      exits("the command's; 125 when it could not be confined, or the policy is not sound, and it was not started"),
    )
    .action(async (command: string[], flags: RunFlags) =>
      exited(await lazy.run().runCommand(command, flags, terminal)),
    );
}

function addProve(program: Command, terminal: Terminal, exited: (code: number) => void): void {
  program
    .command('prove')
    .summary('every way out of a template, closed, open or unproven')
    .description(
      'Judges what was synthesized, of CloudFormation or Terraform: for every agent, every destination it can reach and by which path. Nothing is deployed or asked of a cloud.',
    )
    .argument(
      '<file...>',
      'templates of CloudFormation; cdk.tf.json, a plan or a state of Terraform as JSON; directories such as cdk.out or cdktf.out; or - for standard input',
    )
    .option(
      '--agent <id>',
      'logical id or address of an agent; may be repeated (else those marked, else every task or service that is no proxy)',
      repeated,
    )
    .option('--proxy <id>', 'logical id or address of the proxy; may be repeated (else those marked)', repeated)
    .option('--assume <fact>', 'a fact that a report says is missing, or Parameter=value; may be repeated', repeated)
    .option(
      '--policy <policy>',
      'a policy of the proxy: what its upstreams need is what it may dial; may be repeated',
      repeated,
    )
    .option(
      '--port <number>',
      'a TCP port the proxy may dial; may be repeated (else those of --policy, else 443)',
      repeated,
    )
    .option('--baseline <file>', 'findings that are accepted, each with its reason; their verdict stays')
    .option('--write-baseline <file>', 'write what is open or unproven to a new baseline, for reasons to be added')
    .option('--html <file>', 'write one page that draws every attempt; it needs nothing else')
    .option('--sarif <file>', 'write what is not closed as SARIF 2.1.0, for code review')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      `
Examples:
  anchorhold prove cdk.out
  anchorhold prove cdk.out --policy policy.yaml
  anchorhold prove cdk.out --html proof.html --sarif proof.sarif
  anchorhold prove cdk.out --write-baseline accepted.yaml
  anchorhold prove cdk.out --baseline accepted.yaml --assume 'routes(subnet-1)'

Facts: a report names each that is missing, with its id in brackets. Two that say most of what templates leave out:
  --assume 'routes(subnet-1)'    the subnet has no route out of its network
  --assume 'elsewhere(sg-1)'     a rule, route or list written for this id is about nothing that the agent has
` +
        exits(
          '0 all closed or accepted, 1 open, 3 unproven, 4 an entry of the baseline accepts nothing any more (stale or expired)',
        ),
    )
    .action(async (paths: string[], flags: ProveFlags) => exited(await lazy.prove().prove(paths, flags, terminal)));
}

function exits(text: string): string {
  return `\nExit: ${text}; 2 for a mistake in the command line.`;
}

function repeated(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
