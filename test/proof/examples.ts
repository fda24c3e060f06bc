import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { agent as bedrock } from '../../examples/aws-bedrock/app';
import { stack as existing } from '../../examples/aws-existing/app';
import { agent as minimal } from '../../examples/aws-minimal/app';
import { stack as multiTenant } from '../../examples/aws-multi-tenant/app';
import { stack as toolServer } from '../../examples/aws-tool-server/app';
import { stack as twoAgents } from '../../examples/aws-two-agents/app';
import type { ClaimId } from '../../lib/proof';

/** What turns where a protection is taken away; `absent` where the example has it nowhere. */
export type Effect = 'absent' | { readonly opens: readonly ClaimId[]; readonly unproven: readonly ClaimId[] };

/** One of the examples, and where it differs from the reference stack, by the protection's name in its table. */
export interface Example {
  readonly name: string;
  readonly template: () => object;
  /** Claims that its template leaves unproven as it is. @default - none */
  readonly unproven?: readonly ClaimId[];
  readonly differs: Readonly<Record<string, Effect>>;
}

const NOTHING = { opens: [], unproven: [] };
const neighbourUnknown = { opens: [], unproven: ['neighbour'] } as const;
const built = (stack: Stack) => (): object => Template.fromStack(stack).toJSON();

/** A network made elsewhere: whose routes and settings it has isn't in the template, so these stay unproven with the protection and without it. */
const ELSEWHERE: Example['differs'] = {
  'no route to the internet from the agents’ subnets': 'absent',
  'no internet gateway and no range for the agents': 'absent',
  'no IPv6 way out of the agents’ subnets': 'absent',
  'no peering from the agents’ network': 'absent',
  'no neighbour admits the agents’ network': 'absent',
  'it stays closed when it fails': 'absent',
  'no route from the proxy to the agents’ network': 'absent',
  'the agent’s group names no range of addresses': neighbourUnknown,
  'the agent’s group states its own egress': neighbourUnknown,
  'the resolver’s firewall is associated': NOTHING,
  'its last rule blocks': NOTHING,
  'its last rule blocks, not only alerts': NOTHING,
  'its last rule blocks every type of query': NOTHING,
  'its last rule blocks every name': NOTHING,
  'it allows no wildcard of a foreign zone': NOTHING,
  'the endpoint of s3 has a policy': NOTHING,
  'the endpoint of S3 names the registry’s bucket': NOTHING,
  'the endpoint of S3 allows reading only': NOTHING,
};
/** It is a service: no state machine starts it. */
const SERVICE: Example['differs'] = Object.fromEntries(
  [
    'the launcher names the agent’s group',
    'the launcher gives no public address',
    'the launcher leaves ECS Exec off',
    'the launcher, not its caller, chooses the network',
    'the launcher, not its caller, chooses the role',
    'the launcher starts tasks on Fargate',
    'something in the template starts the task',
  ].map((protection) => [protection, 'absent'] as const),
);

/** Every example of AWS. */
export const EXAMPLES: readonly Example[] = [
  { name: 'aws-minimal', template: built(Stack.of(minimal)), differs: {} },
  {
    name: 'aws-bedrock',
    template: built(Stack.of(bedrock)),
    differs: {
      // Without NAT its proxy has no way out of its network: the peering leads to a network that isn't known.
      'no route to the internet from the agents’ subnets': 'absent',
      'no route from the proxy to the agents’ network': { opens: [], unproven: ['proxy'] },
    },
  },
  { name: 'aws-multi-tenant', template: built(multiTenant), differs: {} },
  { name: 'aws-two-agents', template: built(twoAgents), differs: {} },
  {
    name: 'aws-tool-server',
    template: built(toolServer),
    differs: {
      'only this account may attach to the proxy’s service': { opens: ['proxy', 'tool'], unproven: [] },
    },
  },
  {
    name: 'aws-existing',
    template: built(existing),
    unproven: ['cloud-api', 'dns', 'ip'],
    differs: { ...ELSEWHERE, ...SERVICE },
  },
];
