import fc from 'fast-check';
import { prove } from '../../../lib/proof';
import { answersAnything } from '../plant';
import { applied, planned, written } from './forms';
import { referenceConfiguration } from './reference';

/** More with `PROOF_FUZZ`. */
const RUNS = Number(process.env.PROOF_FUZZ ?? 150);
const { resource, data } = referenceConfiguration();
const FORMS = [written(resource, data), planned(resource, data), applied(resource, data)];

const anything = fc.oneof(
  { maxDepth: 3 },
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    ...[
      '${aws_vpc.agents.id}',
      '${aws_vpc.agents}',
      '${aws_subnet.agent[*].id}',
      '${aws_vpc.nobody.id}',
      '${a.b',
      '__proto__',
    ],
    ...[
      '${data.aws_iam_policy_document.ours.json}',
      '${data.aws_iam_policy_document.ours}',
      '[{"name":',
      '{"Statement":{}}',
    ],
    ...['arn:aws:x', 'arn:::::', '10.0.0.0/99', '*', '-1', true, -1, 1e9],
  ),
  fc.array(fc.constantFrom<unknown>('${aws_security_group.agent.id}', null, {}, [], [{}]), { maxLength: 3 }),
);

test('answers a sound document with anything put anywhere in it', () => answersAnything(FORMS, anything, RUNS));

test('ends on resources and texts that lead back to themselves', () => {
  const vpc = (name: string) => `\${aws_vpc.${name}.cidr_block}`;
  const document = {
    locals: { a: '${local.b}', b: '${local.a}' },
    resource: {
      aws_vpc: { a: { cidr_block: vpc('b') }, b: { cidr_block: `${vpc('a')}\${local.a}` } },
      aws_default_security_group: { a: { vpc_id: '${aws_default_security_group.a.id}' } },
      aws_default_route_table: { a: { default_route_table_id: '${aws_vpc.a.main_route_table_id}' } },
      aws_main_route_table_association: {
        a: { vpc_id: '${aws_vpc.a.main_route_table_id}', route_table_id: '${aws_vpc.a.main_route_table_id}' },
      },
      aws_subnet: { a: { vpc_id: '${aws_vpc.a.id}' } },
      aws_nat_gateway: { a: { subnet_id: '${aws_nat_gateway.a.id}' } },
    },
  };
  expect(prove([{ name: 'circular', document }]).problems).toEqual([]);
});

test('a text that is no JSON, where JSON is expected, leaves what it holds unknown', () => {
  const changed = referenceConfiguration();
  for (const task of Object.values(changed.resource.aws_ecs_task_definition ?? {})) task.container_definitions = '[{';
  const report = prove([{ name: 'stack', document: written(changed.resource, changed.data) }]);
  expect(report.findings.filter(({ claim }) => claim === 'secrets')[0]?.verdict).toBe('unproven');
});
