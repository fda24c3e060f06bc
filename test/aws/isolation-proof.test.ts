import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IPolicyValidationContext } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IsolationProof } from '../../lib/aws';
import { agentStack } from './stack';

const directory = mkdtempSync(join(tmpdir(), 'anchorhold-proof-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const { stack, agent } = agentStack();
const sound = Template.fromStack(stack).toJSON();

/** What the plugin says of a template as it would lie in cdk.out. */
function judged(template: object) {
  const path = join(directory, 'Test.template.json');
  writeFileSync(path, JSON.stringify(template));
  // The plugin reads the paths alone, which is all that every version of the library gives.
  return new IsolationProof().validate({ templatePaths: [path] } as unknown as IPolicyValidationContext);
}

test('finds nothing in the template as it is built', () => {
  expect(judged(sound)).toEqual({ success: true, violations: [] });
});

test('fails a template in which someone gave the agent a way to another network, and says which rule it is', () => {
  const table: unknown = stack.resolve(agent.network.vpc.isolatedSubnets[0]?.routeTable.routeTableId);
  const { success, violations } = judged({
    ...sound,
    Resources: {
      ...sound['Resources'],
      Nat: {
        Type: 'AWS::EC2::Route',
        Properties: {
          RouteTableId: table,
          DestinationCidrBlock: '0.0.0.0/0',
          TransitGatewayId: 'tgw-0123456789abcdef0',
        },
      },
    },
  });
  expect(success).toBe(false);
  expect(violations.map(({ ruleName, severity }) => `${ruleName} ${severity}`)).toContainEqual(
    expect.stringMatching(/^isolation-(open|unproven) error$/),
  );
  expect(JSON.stringify(violations)).toContain('Nat DestinationCidrBlock 0.0.0.0/0');
});
