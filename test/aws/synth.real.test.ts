import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { unpackFiles } from '../../lib/aws';
import { AUTHORITY_FILE, compile } from '../../lib/envoy';
import { definePolicy } from '../../lib/policy';
import { localLayout } from '../../lib/twin';
import { assembly, differing, holding } from './assembly';
import { carriedFiles } from './stack';
import { findEnvoy } from './find-envoy';

const ROOT = join(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'anchorhold-synth-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What the real command leaves behind, with no credentials and every proxy pointing nowhere. */
function synth(name: string): ReadonlyMap<string, string> {
  const output = join(directory, name);
  execFileSync('npx', ['cdk', 'synth', '--quiet', '--output', output], {
    cwd: ROOT,
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      AWS_EC2_METADATA_DISABLED: 'true',
      // A package or notice fetched on the way would fail here.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
    },
  });
  // The library's own stop watch, which the command sends nowhere here.
  rmSync(join(output, 'performance-counters.json'), { force: true });
  return assembly(output);
}

const outputs = synth('first');
const first = outputs.get('Anchorhold.template.json') ?? '';
// JSON.parse's result is untyped; Template takes the same loose record.
const files = unpackFiles(carriedFiles(Template.fromJSON(JSON.parse(first) as Record<string, unknown>)));

test('synthesizes offline, twice to the same bytes, with no path of the machine', () => {
  expect(first).toContain('AWS::ECS::TaskDefinition');
  expect(differing(outputs, synth('second'))).toEqual([]);
  expect(holding(outputs, [ROOT, directory])).toEqual([]);
});

test('carries the bytes of the policy that runs here', () => {
  const policy = definePolicy(readFileSync(join(ROOT, 'examples/demo/policy.yaml'), 'utf8'));
  const { 'ca/lab.pem': authority, ...compiled } = files;
  expect(compiled).toEqual(compile(policy, localLayout({ policy })).files);
  expect(authority).toContain('BEGIN CERTIFICATE');
});

test('carries files that a real Envoy accepts', () => {
  const run = join(directory, 'run');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(run, path)), { recursive: true });
    writeFileSync(join(run, path), text);
  }
  const validate = () =>
    execFileSync(findEnvoy(), ['--mode', 'validate', '--config-path', 'envoy.json'], {
      cwd: run,
      stdio: 'pipe',
      encoding: 'utf8',
    });
  // Keeper writes the certificate and the roots before Envoy starts; none of ours is needed to load the bootstrap.
  writeFileSync(join(run, AUTHORITY_FILE), 'certificate');
  mkdirSync(join(run, 'authorities'), { recursive: true });
  for (const name of ['public', 'lab']) {
    writeFileSync(join(run, `authorities/${name}.pem`), readFileSync('/etc/ssl/certs/ca-certificates.crt'));
  }
  expect(validate()).toContain('OK');
  writeFileSync(join(run, 'envoy.json'), (files['envoy.json'] ?? '').replace('"listeners"', '"listenerz"'));
  expect(validate).toThrow(/listenerz/);
});
