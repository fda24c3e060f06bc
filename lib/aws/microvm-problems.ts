import { Stack } from 'aws-cdk-lib';
import type { CfnMicrovmImage, CfnNetworkConnector } from 'aws-cdk-lib/aws-lambda';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { looksLikeSecret } from '../policy';
import { groupProblems } from './group-problems';
import { rendered } from './rendered';

/** How an agent's MicroVMs were opened after they were built. None: they are as they were. */
export function microvmProblems(
  image: CfnMicrovmImage,
  connector: CfnNetworkConnector,
  group: ISecurityGroup,
): string[] {
  const isList = (value: unknown, token: string) =>
    JSON.stringify(value) === JSON.stringify([Stack.of(image).resolve(token)]);
  const { AdditionalOsCapabilities, EgressNetworkConnectors, EnvironmentVariables } = rendered(image).Properties;
  const problems: string[] = [];
  if (listOf(AdditionalOsCapabilities).length > 0) {
    problems.push(
      'agent.additionalOsCapabilities: expected none, got some: the guest’s kernel is the wall inside; remove them [microvm-capabilities]',
    );
  }
  if (!isList(EgressNetworkConnectors, connector.attrLatestVersionArn)) {
    problems.push(
      'agent.egressNetworkConnectors: expected the connector into the agents’ network alone, got another list: what it leaves out is the internet; set it back [microvm-egress]',
    );
  }
  const { VpcEgressConfiguration } = objectOf(rendered(connector).Properties.Configuration);
  const way = objectOf(VpcEgressConfiguration);
  if (!isList(way.SecurityGroupIds, group.securityGroupId)) {
    problems.push(
      'agent.connector.securityGroupIds: expected the agent’s closed group alone, got another list; set it back [microvm-connector-group]',
    );
  }
  if (way.NetworkProtocol !== 'IPv4')
    problems.push('agent.connector.networkProtocol: expected IPv4, got another; set it back [microvm-connector-ipv6]');
  for (const { Key, Value } of listOf(EnvironmentVariables).map(objectOf)) {
    if (typeof Value === 'string' && looksLikeSecret(Value)) {
      problems.push(
        `agent.environmentVariables.${String(Key)}: expected no secret, got a value shaped like a key: the agent and the template would hold it; ` +
          'name it in the policy and let the proxy inject it [agent-secret-in-plain-text]',
      );
    }
  }
  return [...problems, ...groupProblems(group)];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
