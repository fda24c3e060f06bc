import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { agent as bedrock } from '../../examples/aws-bedrock/app';
import { stack as compute } from '../../examples/aws-compute/app';
import { agent as minimal } from '../../examples/aws-minimal/app';
import { stack as toolServer } from '../../examples/aws-tool-server/app';
import { stack as twoAgents } from '../../examples/aws-two-agents/app';
import { Topology } from '../../lib/aws';
import { monthly, sumOf } from './prices';
import { agentStack } from './stack';

process.env.CDK_VALIDATION = 'false';

const DOCS = join(__dirname, '../../docs/aws.md');
const shared = (policy: typeof minimal.proxy.policy) => agentStack({ policy, topology: Topology.sharedVpc() }).stack;
const COLUMNS = {
  'two networks (default)': Stack.of(minimal),
  'one shared network': shared(minimal.proxy.policy),
  'Bedrock only, two networks': Stack.of(bedrock),
  'Bedrock only, shared': shared(bedrock.proxy.policy),
  'two agents': twoAgents,
  'agent and tool': toolServer,
  'MicroVM and gVisor': compute,
};
const rows = Object.entries(COLUMNS).map(([name, stack]) => [name, monthly(Template.fromStack(stack))] as const);

test('the default topology is below 130 dollars a month, whatever the policy adds for its own hosts and secrets', () => {
  const [, found] = rows[0] ?? [];
  const fixed = Object.entries(found ?? {}).filter(([name]) => name !== 'private zones' && name !== 'secrets');
  const seed = 0.4;
  expect(sumOf({ ...Object.fromEntries(fixed), seed })).toBeLessThan(130);
  expect(sumOf({ ...Object.fromEntries(fixed), seed })).toBeGreaterThan(120);
});

test('one shared network costs less than two, by the endpoint between them', () => {
  const [two, one] = rows.map(([, found]) => found);
  expect(one?.['endpoints of PrivateLink']).toBe(0);
  expect(sumOf(one ?? {})).toBeLessThan(sumOf(two ?? {}));
});

test('the table in the docs is what the templates add up to (UPDATE_DOCS=1 writes it)', () => {
  const names = Object.keys(rows[0]?.[1] ?? {});
  const head = ['dollars a month', ...rows.map(([name]) => name)];
  const body = names.map((name) => [name, ...rows.map(([, found]) => show(found[name] ?? 0))]);
  const sums = ['**sum**', ...rows.map(([, found]) => `**${sumOf(found).toFixed(2)}**`)];
  const lines = [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...body, sums];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const text = readFileSync(DOCS, 'utf8');
  const [begin, end] = ['<!-- cost -->', '<!-- /cost -->'];
  const written = `${text.slice(0, text.indexOf(begin) + begin.length)}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
  if (process.env.UPDATE_DOCS) writeFileSync(DOCS, written);
  const now = readFileSync(DOCS, 'utf8');
  expect(now.replaceAll(/ {2,}|-{2,}/g, (run) => (run.startsWith('-') ? '-' : ' '))).toBe(
    written.replaceAll(/ {2,}|-{2,}/g, (run) => (run.startsWith('-') ? '-' : ' ')),
  );
});

test.each([
  ['aws-minimal', 0],
  ['aws-bedrock', 2],
  ['aws-two-agents', 4],
  ['aws-tool-server', 5],
  ['aws-compute', 6],
] as const)('the README of %s says that sum', (folder, column) => {
  const text = readFileSync(join(__dirname, '../../examples', folder, 'README.md'), 'utf8');
  expect(text).toContain(`about ${Math.round(sumOf(rows[column]?.[1] ?? {}))} dollars a month`);
});

function show(value: number): string {
  return value === 0 ? '–' : value.toFixed(2);
}
