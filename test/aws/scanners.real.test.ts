import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { compare, EXACT, type Finding } from '../scanners/finding';
import { cfnLint, checkov, reasonToSkip } from '../scanners/run-scanner';
import { OF_CFN_LINT, OF_CHECKOV } from './accepted-scans';
import { EXAMPLES } from './example-stacks';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-scan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A group open to every address, and a property that does not exist: what the scanners must see wherever they look. */
const UNSAFE = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    Open: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'open',
        SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }],
        SecurityGroupEgres: [],
      },
    },
  },
};

(reasonToSkip ? describe.skip : describe)(
  `scanners over every example${reasonToSkip ? `: ${reasonToSkip}` : ''}`,
  () => {
    let found: { lint: Finding[]; checkov: Finding[] };
    beforeAll(async () => {
      const names = [...Object.keys(EXAMPLES), 'unsafe'];
      const files = names.map((name) => join(directory, `${name}.json`));
      for (const [index, file] of files.entries()) {
        const stack = Object.values(EXAMPLES)[index];
        writeFileSync(file, JSON.stringify(stack ? Template.fromStack(stack).toJSON() : UNSAFE, undefined, 1));
      }
      // At the same time: each is one process on one core.
      const [lint, check] = await Promise.all([cfnLint(files), checkov(directory, 'cloudformation')]);
      found = { lint, checkov: check };
    }, 600_000);
    const ofExamples = (scan: readonly Finding[]) => scan.filter(({ example }) => example !== 'unsafe');
    const ofUnsafe = (scan: readonly Finding[]) => scan.filter(({ example }) => example === 'unsafe');

    test('cfn-lint finds in the examples only what is accepted, each with a reason', () => {
      expect(compare(ofExamples(found.lint), OF_CFN_LINT)).toEqual(EXACT);
    });

    test('checkov finds in the examples only what is accepted, each with a reason', () => {
      expect(compare(ofExamples(found.checkov), OF_CHECKOV)).toEqual(EXACT);
    });

    test('each of them read every template, and sees a fault that is planted beside them', () => {
      expect(new Set(found.checkov.map(({ example }) => example))).toEqual(
        new Set([...Object.keys(EXAMPLES), 'unsafe']),
      );
      expect(ofUnsafe(found.lint).map(({ rule }) => rule)).toContain('E3002');
      expect(ofUnsafe(found.checkov).map(({ rule }) => rule)).toContain('CKV_AWS_24');
    });
  },
);
