import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { AgentNetwork, type ExistingEndpoints } from '../../lib/aws';
import { resourcesOf } from './stack';

const { ECR, ECR_DOCKER, KMS } = InterfaceVpcEndpointAwsService;

/** A network of this app with a registry's endpoint in it, before agents come. */
function network(): { stack: Stack; vpc: Vpc; group: SecurityGroup; endpoint: InterfaceVpcEndpoint } {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Test');
  const vpc = new Vpc(stack, 'Vpc', {
    natGateways: 0,
    createInternetGateway: false,
    subnetConfiguration: [{ name: 'Agent', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const group = new SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false });
  const props = { vpc, open: false, securityGroups: [group] };
  return {
    stack,
    vpc,
    group,
    endpoint: new InterfaceVpcEndpoint(stack, 'Registry', { ...props, service: ECR_DOCKER }),
  };
}

const imported = (stack: Stack, withGroup = true) =>
  InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Logs', {
    vpcEndpointId: 'vpce-1',
    port: 443,
    ...(withGroup ? { securityGroups: [SecurityGroup.fromSecurityGroupId(stack, 'LogsGroup', 'sg-1')] } : {}),
  });

const named = (template: Template, name: string) =>
  resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(({ Properties }) =>
    JSON.stringify(Properties.ServiceName).includes(name),
  );

test('an endpoint of this app is used, not made again, and its policy names our account and our repository', () => {
  const { stack, vpc, endpoint } = network();
  const agents = AgentNetwork.fromVpc(stack, 'Agents', {
    vpc,
    s3PrefixListId: 'pl-0123abcd',
    existingEndpoints: { registry: endpoint },
  });
  const repository = Repository.fromRepositoryName(stack, 'Repository', 'agent');
  agents.endpoints.allowPull(repository);
  agents.endpoints.allowFrom(new SecurityGroup(stack, 'Agent', { vpc, allowAllOutbound: false }));
  const template = Template.fromStack(stack);
  expect(['ecr.dkr', 'ecr.api', '.logs', '.s3'].map((name) => named(template, name).length)).toEqual([1, 1, 1, 1]);
  const policy = JSON.stringify(named(template, 'ecr.dkr')[0]?.Properties.PolicyDocument);
  expect(policy).toContain('"Sid":"OurPrincipalsOnly"');
  expect(policy).toContain('ecr:BatchGetImage');
  // The agents' way to it, and to the group of those that were made.
  const into = resourcesOf(template, 'AWS::EC2::SecurityGroupEgress').map(({ Properties }) =>
    JSON.stringify(Properties.DestinationSecurityGroupId ?? ''),
  );
  expect(into.filter((text) => /\["Group[0-9A-F]{8}"/.test(text))).toHaveLength(1);
  template.hasResourceProperties('AWS::Route53Resolver::FirewallDomainList', {
    Domains: Match.arrayWith([{ 'Fn::Join': ['', Match.arrayWith([{ Ref: 'AWS::AccountId' }, '.dkr.ecr.'])] }]),
  });
});

test('of one made elsewhere the group is let in, and a warning says what its policy must be', () => {
  const { stack, vpc } = network();
  const agents = AgentNetwork.fromVpc(stack, 'Agents', {
    vpc,
    s3PrefixListId: 'pl-0123abcd',
    existingEndpoints: { logs: imported(stack) },
  });
  agents.endpoints.allowFrom(new SecurityGroup(stack, 'Agent', { vpc, allowAllOutbound: false }));
  const template = Template.fromStack(stack);
  expect(named(template, '.logs')).toEqual([]);
  template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { GroupId: 'sg-1', FromPort: 443, ToPort: 443 });
  Annotations.fromStack(stack).hasWarning(
    '*',
    Match.stringLikeRegexp('existingEndpoints: logs was made elsewhere; see that'),
  );
});

test.each<[string, (made: ReturnType<typeof network>) => ExistingEndpoints, string]>([
  [
    'one without a group',
    ({ stack }) => ({ logs: imported(stack, false) }),
    'no rule can lead there; give securityGroups',
  ],
  [
    'one of another service',
    ({ stack, vpc, group }) => ({
      registry: new InterfaceVpcEndpoint(stack, 'Other', { vpc, service: KMS, securityGroups: [group] }),
    }),
    'existingEndpoints.registry: expected an endpoint of that service in the agents’ network, with private names, got Test/Other',
  ],
  [
    'one without private names',
    ({ stack, vpc, group }) => ({
      registryApi: new InterfaceVpcEndpoint(stack, 'Other', {
        vpc,
        service: ECR,
        securityGroups: [group],
        privateDnsEnabled: false,
      }),
    }),
    '[endpoint-elsewhere]',
  ],
  [
    'one of another network',
    ({ stack }) => {
      const vpc = new Vpc(stack, 'Elsewhere', { natGateways: 0 });
      return { buckets: vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 }) };
    },
    'existingEndpoints.buckets: expected an endpoint of that service in the agents’ network',
  ],
])('refuses %s', (_, endpoints, message) => {
  const made = network();
  const existingEndpoints = endpoints(made);
  expect(() =>
    AgentNetwork.fromVpc(made.stack, 'Agents', { vpc: made.vpc, s3PrefixListId: 'pl-0123abcd', existingEndpoints }),
  ).toThrow(message);
});
