import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { agentStack } from './stack';

/** Python programs (`pip install cfn-lint==1.58.0 checkov`), by a variable or on PATH; where there is none its test is skipped, by name. */
const CFN_LINT = process.env['ANCHORHOLD_CFN_LINT'] ?? 'cfn-lint';
const CHECKOV = process.env['ANCHORHOLD_CHECKOV'] ?? 'checkov';
const where = (program: string) => (spawnSync(program, ['--version']).status === 0 ? test : test.skip);

/** Why a finding of checkov is accepted. */
const ACCEPTED: Readonly<Record<string, string>> = {
  CKV_AWS_65: 'Container Insights costs by the metric; switch it on for the account',
  CKV_AWS_91: 'the proxy writes a record of every request, which says more than the balancer’s',
  CKV_AWS_115: 'the library’s own function, which runs once a deployment to empty a default group',
  CKV_AWS_116: 'the library’s own function, which runs once a deployment to empty a default group',
  CKV_AWS_117: 'the library’s own function, which runs once a deployment to empty a default group',
  CKV_AWS_123: 'the allowed principal is this account alone; manual acceptance would stop each deployment',
  CKV_AWS_149: 'a key of your own does not narrow who reads; the resource policy does',
  CKV_AWS_158: 'encrypted by a key of AWS unless the network has an encryptionKey',
};

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-scan-'));
const file = join(directory, 'template.json');
beforeAll(() => writeFileSync(file, JSON.stringify(Template.fromStack(agentStack().stack).toJSON(), undefined, 1)));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

where(CFN_LINT)('cfn-lint finds only dependencies that the library writes twice', () => {
  const { stdout } = spawnSync(CFN_LINT, ['-r', 'us-east-1', '-f', 'json', '--', file], { encoding: 'utf8' });
  // What cfn-lint prints with `-f json`.
  const found = JSON.parse(stdout) as { Rule: { Id: string } }[];
  expect([...new Set(found.map(({ Rule }) => Rule.Id))]).toEqual(['W3005']);
});

where(CHECKOV)('checkov finds only what is accepted, each with a reason', () => {
  const words = ['--framework', 'cloudformation', '--compact', '--quiet', '--skip-download', '-o', 'json'];
  const { stdout } = spawnSync(CHECKOV, ['-f', file, ...words], { encoding: 'utf8' });
  // What checkov prints with `-o json` for one framework.
  const { results } = JSON.parse(stdout) as { results: { failed_checks: { check_id: string }[] } };
  const found = [...new Set(results.failed_checks.map(({ check_id }) => check_id))].sort();
  expect(found).toEqual(Object.keys(ACCEPTED).sort());
});
