import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { type Finding, withoutHash } from './finding';

const PACKAGES = join(__dirname, '../../.cache/scanners');

/** Why nothing can be scanned here; undefined when it can. */
export const reasonToSkip = existsSync(join(PACKAGES, 'checkov'))
  ? undefined
  : 'no scanners: `node scripts/scanners.mjs` says why';

/** What cfn-lint finds in CloudFormation templates; each file is named for its example. One process for all of them. */
export async function cfnLint(files: readonly string[]): Promise<Finding[]> {
  const text = await run('cfn-lint', ['--regions', 'us-east-1', '--format', 'json', '--', ...files]);
  // What cfn-lint prints with `--format json`.
  const found = parsed('cfn-lint', text) as { Filename: string; Rule: { Id: string }; Location: { Path: unknown[] } }[];
  return found.map(({ Filename, Rule, Location }) => ({
    rule: Rule.Id,
    example: exampleOf(Filename),
    resource: withoutHash(String(Location.Path[1])),
  }));
}

/** What checkov finds in a folder of templates; each file is named for its example. One process for all of them. */
export async function checkov(folder: string, framework: 'cloudformation' | 'terraform_json'): Promise<Finding[]> {
  const words = ['--directory', folder, '--framework', framework, '--compact', '--quiet', '--skip-download'];
  const text = await run('checkov', [...words, '--output', 'json']);
  // What checkov prints with `--output json` for one framework.
  const { results } = parsed('checkov', text) as {
    results: { failed_checks: { check_id: string; file_path: string; resource: string }[]; parsing_errors?: unknown[] };
  };
  if (results.parsing_errors?.length) throw new Error(`checkov can't read ${JSON.stringify(results.parsing_errors)}`);
  return results.failed_checks.map(({ check_id, file_path, resource }) => ({
    rule: check_id,
    example: exampleOf(file_path),
    resource: withoutHash(resource.slice(resource.lastIndexOf('.') + 1)),
  }));
}

function parsed(program: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${program}: expected JSON, got ${text.slice(0, 400)}`);
  }
}

const exampleOf = (file: string) => basename(file).replace(/\..*$/, '');

/**
 * The program's output; both exit 1 or more when they find something. Every proxy it could use is this process, which
 * takes no call: a scanner that asks the network is a failure.
 */
async function run(program: string, words: readonly string[]): Promise<string> {
  const calls: string[] = [];
  const secret = randomUUID();
  const sign = Buffer.from(`scan:${secret}`).toString('base64');
  const nobody = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      // By the proxy's password: on a machine at work others may dial a port that was theirs before.
      if (data.includes(sign)) calls.push(`${program} called out: ${data.toString('latin1').split('\r\n')[0]}`);
      socket.destroy();
    });
  });
  await new Promise<void>((done) => nobody.listen(0, '127.0.0.1', done));
  // A listener on a TCP port has such an address.
  const proxy = `http://scan:${secret}@127.0.0.1:${(nobody.address() as AddressInfo).port}`;
  try {
    const output = await new Promise<string>((done, fail) => {
      // checkov asks once an hour whether there is a newer one, unless it is told not to.
      const env = {
        ...{ PATH: process.env.PATH, PYTHONPATH: PACKAGES, HTTPS_PROXY: proxy, HTTP_PROXY: proxy },
        CKV_SKIP_PACKAGE_UPDATE_CHECK: 'true',
      };
      execFile(
        'python3',
        [join(PACKAGES, 'bin', program), ...words],
        { env, maxBuffer: 2 ** 26 },
        (error, stdout, stderr) => {
          if (stdout.trim() === '') fail(new Error(`${program} printed nothing: ${stderr || String(error)}`));
          else done(stdout);
        },
      );
    });
    if (calls.length > 0) throw new Error(calls.join('\n'));
    return output;
  } finally {
    nobody.close();
  }
}
