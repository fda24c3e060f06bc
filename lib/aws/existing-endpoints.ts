import { Annotations, Stack } from 'aws-cdk-lib';
import {
  CfnVPCEndpoint,
  GatewayVpcEndpoint,
  type IGatewayVpcEndpoint,
  type IInterfaceVpcEndpoint,
  InterfaceVpcEndpoint,
  type IVpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { rendered } from './rendered';

/** Endpoints that stand in the network already: a network has the private names of a service once. */
export interface ExistingEndpoints {
  /** Of the registry's API, `ecr.api`. @default - one is made */
  readonly registryApi?: IInterfaceVpcEndpoint;
  /** Of the registry, `ecr.dkr`. @default - one is made */
  readonly registry?: IInterfaceVpcEndpoint;
  /** Of CloudWatch Logs. @default - one is made */
  readonly logs?: IInterfaceVpcEndpoint;
  /** Of S3, a gateway of the agents' subnets. @default - one is made */
  readonly buckets?: IGatewayVpcEndpoint;
}

/** How each is known in the name of its service. */
const SERVICES = { registryApi: /ecr\.api/, registry: /ecr\.dkr/, logs: /\.logs/, buckets: /\.s3/ } as const;

/**
 * Refuses what can be seen to be wrong with endpoints made elsewhere, and warns of what can't be seen.
 * @throws Error with every problem: `endpoint-without-group`, `endpoint-elsewhere`
 */
export function checkEndpoints(scope: Construct, vpc: IVpc, existing: ExistingEndpoints): void {
  const names = (['registryApi', 'registry', 'logs', 'buckets'] as const).filter((name) => existing[name]);
  const problems = names.flatMap((name) => [
    ...groupless(name, existing[name]),
    ...elsewhere(scope, vpc, name, existing),
  ]);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const imported = names.filter((name) => !takesPolicy(existing[name]));
  if (imported.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'anchorhold:endpoint-unproven',
    `existingEndpoints: ${imported.join(', ')} ${imported.length > 1 ? 'were' : 'was'} made elsewhere; see that each is of its service and this network, has private names ` +
      '(S3: a route in the tables of the agents’ subnets), that its policy admits our account’s keys alone, to pull the repositories ' +
      'and write the logs of these agents and nothing else (S3: s3:GetObject on the registry’s layer bucket), and that nothing shares it that agents may not reach',
  );
}

/** Whether an endpoint is one whose policy this app writes. */
export function takesPolicy(endpoint: unknown): endpoint is InterfaceVpcEndpoint | GatewayVpcEndpoint {
  return endpoint instanceof InterfaceVpcEndpoint || endpoint instanceof GatewayVpcEndpoint;
}

function groupless(name: string, endpoint: IInterfaceVpcEndpoint | IGatewayVpcEndpoint | undefined): string[] {
  if (!endpoint || !('connections' in endpoint) || endpoint.connections.securityGroups.length > 0) return [];
  return [
    `existingEndpoints.${name}: expected an endpoint with its security group, got none: no rule can lead there; give securityGroups to fromInterfaceVpcEndpointAttributes [endpoint-without-group]`,
  ];
}

/** What the template says of an endpoint of this app. */
function elsewhere(scope: Construct, vpc: IVpc, name: keyof typeof SERVICES, existing: ExistingEndpoints): string[] {
  const resource = existing[name]?.node.defaultChild;
  if (!(resource instanceof CfnVPCEndpoint)) return [];
  const { VpcId, ServiceName, PrivateDnsEnabled } = rendered(resource).Properties;
  const there = JSON.stringify(VpcId) === JSON.stringify(Stack.of(scope).resolve(vpc.vpcId));
  const named = SERVICES[name].test(JSON.stringify(ServiceName) ?? '') && PrivateDnsEnabled !== false;
  if (there && named) return [];
  return [
    `existingEndpoints.${name}: expected an endpoint of that service in the agents’ network, with private names, got ${resource.node.path}; name the one that stands there, or leave it out [endpoint-elsewhere]`,
  ];
}
