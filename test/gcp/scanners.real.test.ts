import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdktf';
import { agentModule } from '../../lib/gcp';
import { definePolicy } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { between, table } from '../proof/marked';
import { compare, EXACT, type Finding } from '../scanners/finding';
import { checkov, reasonToSkip } from '../scanners/run-scanner';
import { OF_CHECKOV } from './accepted-scans';
import { synthesize } from './cycle';

const ROOT = join(__dirname, '../..');
const DOCS = join(ROOT, 'docs/gcp.md');
const EXAMPLES = ['gcp-minimal', 'gcp-existing-network', 'gcp-vertex', 'gcp-tool', 'gcp-two-agents'];

/** A Terraform document, as far as these tests change one. */
interface Document {
  terraform?: unknown;
  readonly resource: Record<string, Record<string, Record<string, unknown>>>;
}

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-scan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const rules = (found: readonly Finding[], name: string) =>
  found.filter(({ example }) => example === name).map(({ rule }) => rule);

const title = `checkov over every example${reasonToSkip ? `: ${reasonToSkip}` : ''}`;
(reasonToSkip ? describe.skip : describe)(title, () => {
  let found: readonly Finding[];
  let documents: Readonly<Record<string, Document>>;
  beforeAll(async () => {
    documents = { ...examples(), 'gcp-module': moduleDocument() };
    const minimal = documents['gcp-minimal'];
    if (!minimal) throw new Error('expected the minimal example');
    const all = { ...documents, opened: opened(minimal), unsafe: UNSAFE };
    for (const [name, document] of Object.entries(all))
      writeFileSync(join(directory, `${name}.tf.json`), JSON.stringify(document, undefined, 1));
    found = await checkov(directory, 'terraform_json');
  }, 600_000);

  test('finds only what is accepted, each with a reason', () => {
    const ofExamples = found.filter(({ example }) => example !== 'opened' && example !== 'unsafe');
    expect(compare(ofExamples, OF_CHECKOV)).toEqual(EXACT);
    expect(new Set(ofExamples.map(({ example }) => example))).toEqual(new Set(Object.keys(documents)));
  });

  test('sees a fault that is planted beside them', () => {
    expect(rules(found, 'unsafe')).toContain('CKV_GCP_2');
  });

  test('sees nothing of a stack whose agent goes out past the network, which the proof calls open', () => {
    expect(rules(found, 'opened')).toEqual(rules(found, 'gcp-minimal'));
    const minimal = documents['gcp-minimal'];
    const judge = (document: Document | undefined) => prove([{ name: 'stack', document }]).verdict;
    expect([judge(minimal), judge(minimal && opened(minimal))]).toEqual(['closed', 'open']);
  });
});

test('the table in the docs is this (UPDATE_DOCS=1 writes it)', () => {
  const rows = OF_CHECKOV.map(({ rule, of, reason }) => [rule, `\`${of.source.replaceAll('|', '\\|')}\``, reason]);
  const text = readFileSync(DOCS, 'utf8');
  const written = between(text, 'gcp-checkov', table(['finding', 'of resources', 'reason'], rows));
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  expect(readFileSync(DOCS, 'utf8')).toBe(written);
});

function examples(): Record<string, Document> {
  const { folders, remove } = synthesize(EXAMPLES.map((name) => `examples/${name}/app.ts`));
  const read = (folder: string): Document => JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as Document; // the library's own
  const documents = EXAMPLES.map((name, index) => [name, read(folders[index] ?? '')] as const);
  remove();
  return Object.fromEntries(documents);
}

function moduleDocument(): Document {
  const policy = definePolicy(readFileSync(join(ROOT, 'examples/gcp-module/policy.yaml'), 'utf8'));
  const document = JSON.parse(agentModule(Testing.app(), { policy })) as Document; // the module's own JSON
  // checkov 3.3.30 can't read a module's required_version; its resources are what is scanned.
  delete document.terraform;
  return document;
}

/** The example with what a scanner ought to see: all traffic past the network, the default account, no rule that denies. */
function opened(example: Document): Document {
  const { resource } = structuredClone(example);
  const rules = Object.entries(resource.google_compute_firewall ?? {});
  resource.google_compute_firewall = Object.fromEntries(rules.filter(([, rule]) => rule.deny === undefined));
  for (const job of Object.values(resource.google_cloud_run_v2_job ?? {})) {
    const { template } = job.template as { template: Record<string, unknown> }; // a job's own shape
    template.vpc_access = { egress: 'PRIVATE_RANGES_ONLY' };
    delete template.service_account;
  }
  return { resource };
}

const UNSAFE: Document = {
  resource: {
    google_compute_firewall: {
      ssh: {
        name: 'ssh',
        network: 'default',
        direction: 'INGRESS',
        source_ranges: ['0.0.0.0/0'],
        allow: [{ protocol: 'tcp', ports: ['22'] }],
      },
    },
  },
};
