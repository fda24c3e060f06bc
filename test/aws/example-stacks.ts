import { Stack } from 'aws-cdk-lib';
import { agent as bedrock } from '../../examples/aws-bedrock/app';
import { stack as compute } from '../../examples/aws-compute/app';
import { stack as existing } from '../../examples/aws-existing/app';
import { agent as minimal } from '../../examples/aws-minimal/app';
import { stack as multiTenant } from '../../examples/aws-multi-tenant/app';
import { stack as toolServer } from '../../examples/aws-tool-server/app';
import { stack as twoAgents } from '../../examples/aws-two-agents/app';

// The library's own validator takes seconds to start; the real suite runs the command with it.
process.env.CDK_VALIDATION = 'false';

/** Every example's stack, by its folder. */
export const EXAMPLES: Readonly<Record<string, Stack>> = {
  'aws-bedrock': Stack.of(bedrock),
  'aws-compute': compute,
  'aws-existing': existing,
  'aws-minimal': Stack.of(minimal),
  'aws-multi-tenant': multiTenant,
  'aws-tool-server': toolServer,
  'aws-two-agents': twoAgents,
};
