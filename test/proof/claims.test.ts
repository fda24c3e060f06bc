import { closedCell, finding, group, judged, propertiesOf, type Resources } from './templates';

const containers = (resources: Resources, container: object) => {
  propertiesOf(resources, 'Task').ContainerDefinitions = [{ Name: 'agent', ...container }];
  return resources;
};

function role(statement: object | undefined, more: object = {}): Resources[string] {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...(statement && {
        Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } }],
      }),
      ...more,
    },
  };
}

describe('role', () => {
  const withRole = (one: Resources[string]): Resources => {
    const resources = { ...closedCell(), Role: one };
    propertiesOf(resources, 'Task').TaskRoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
    return resources;
  };
  const verdict = (resources: Resources) => finding(judged(resources), 'role', 'task role').verdict;

  test('closes a task without one, opens one that may do something, and doubts an empty one', () => {
    expect(verdict(closedCell())).toBe('closed');
    expect(verdict(withRole(role({ Action: 's3:GetObject', Resource: '*' })))).toBe('open');
    expect(verdict(withRole(role(undefined)))).toBe('unproven');
  });

  test('reads policies beside the role and doubts those it can’t read', () => {
    const beside = withRole(role(undefined));
    beside.Policy = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: { Statement: { Effect: 'Allow', Action: 'sqs:*', Resource: '*' } },
      },
    };
    expect(finding(judged(beside), 'role', 'task role').path.map(({ by }) => by)).toContain(
      'Policy PolicyDocument.Statement',
    );
    const managed = withRole(role(undefined, { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] }));
    expect(verdict(managed)).toBe('unproven');
  });

  test('doubts a task that may run on an instance', () => {
    const resources = closedCell();
    delete propertiesOf(resources, 'Service').LaunchType;
    expect(finding(judged(resources), 'role', 'the instance').verdict).toBe('unproven');
  });
});

describe('secrets', () => {
  const own = (container: object) => finding(judged(containers(closedCell(), container)), 'secrets', 'in its task');

  test('opens a secret in the environment, and never shows a value', () => {
    expect(own({ Secrets: [{ Name: 'KEY', ValueFrom: 'arn' }] }).verdict).toBe('open');
    expect(own({ Environment: [{ Name: 'KEY', Value: '{{resolve:secretsmanager:key}}' }] }).verdict).toBe('open');
    const shaped = own({ Environment: [{ Name: 'KEY', Value: `ghp_${'a1B2'.repeat(9)}` }] });
    expect(shaped).toMatchObject({ verdict: 'unproven', missing: [{ id: 'no-secret(Task.KEY)' }] });
    expect(JSON.stringify(shaped)).not.toContain('a1B2');
  });

  test('closes plain variables, doubts files and containers that can’t be read', () => {
    expect(own({ Environment: [{ Name: 'MODE', Value: 'quiet' }] }).verdict).toBe('closed');
    expect(own({ EnvironmentFiles: [{ Value: 'arn', Type: 's3' }] }).verdict).toBe('unproven');
    const unread = closedCell();
    propertiesOf(unread, 'Task').ContainerDefinitions = { 'Fn::Transform': {} };
    expect(finding(judged(unread), 'secrets', 'in its task').verdict).toBe('unproven');
  });
});

describe('inbound', () => {
  test('opens a load balancer before it and ECS Exec', () => {
    const resources = closedCell();
    Object.assign(propertiesOf(resources, 'Service'), {
      LoadBalancers: [{ ContainerName: 'agent' }],
      EnableExecuteCommand: true,
    });
    expect(finding(judged(resources), 'inbound', 'connections').verdict).toBe('open');
    expect(finding(judged(resources), 'inbound', 'sessions').path).toEqual([
      { id: 'Service', by: 'EnableExecuteCommand' },
    ]);
  });

  test('opens an ingress rule, doubts one to a group that isn’t known', () => {
    const rule = { CidrIp: '10.0.0.0/8', IpProtocol: '-1' };
    expect(finding(judged({ ...closedCell(), Group: group([], [rule]) }), 'inbound', 'connections').verdict).toBe(
      'open',
    );
    const floating: Resources = {
      ...closedCell(),
      In: { Type: 'AWS::EC2::SecurityGroupIngress', Properties: { GroupId: { Ref: 'Which' }, ...rule } },
    };
    const report = judged(floating, {}, { Parameters: { Which: { Type: 'String' } } });
    expect(finding(report, 'inbound', 'connections')).toMatchObject({
      verdict: 'unproven',
      missing: [{ id: 'Which=' }],
    });
  });
});

describe('neighbour', () => {
  const database = (ingress: object): Resources => ({
    ...closedCell(),
    Group: group([{ DestinationSecurityGroupId: { Ref: 'Others' }, IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432 }]),
    Others: group([], [ingress]),
    Database: {
      Type: 'AWS::RDS::DBInstance',
      Properties: { VPCSecurityGroups: [{ 'Fn::GetAtt': ['Others', 'GroupId'] }] },
    },
  });
  const port = (from: number) => ({
    SourceSecurityGroupId: { Ref: 'Group' },
    IpProtocol: 'tcp',
    FromPort: from,
    ToPort: from,
  });

  test('opens what both sides’ rules let through, and closes what only one does', () => {
    expect(finding(judged(database(port(5432))), 'neighbour', 'Database').path.map(({ id }) => id)).toEqual([
      'Service',
      'Group',
      'Others',
      'Database',
    ]);
    expect(judged(database(port(5433))).findings.filter(({ destination }) => destination.includes('Database'))).toEqual(
      [],
    );
  });

  test('doubts a rule to a group that no template holds', () => {
    const resources = { ...closedCell(), Group: group([{ DestinationSecurityGroupId: 'sg-1', IpProtocol: '-1' }]) };
    expect(finding(judged(resources), 'neighbour', 'anything else')).toMatchObject({
      verdict: 'unproven',
      missing: [{ id: 'members(sg-1)' }],
    });
  });

  test('takes the proxy for no neighbour, and doubts an agent that reaches two of them', () => {
    const resources: Resources = {
      ...closedCell(),
      Group: group([
        { DestinationSecurityGroupId: { Ref: 'Proxies' }, IpProtocol: 'tcp', FromPort: 3128, ToPort: 3128 },
      ]),
      Proxies: group([], [port(3128)]),
    };
    for (const name of ['One', 'Two']) {
      resources[name] = { Type: 'AWS::ECS::TaskDefinition', Metadata: { 'anchorhold:workload': 'proxy' } };
      const network = { AwsvpcConfiguration: { Subnets: [{ Ref: 'Subnet' }], SecurityGroups: [{ Ref: 'Proxies' }] } };
      resources[`${name}Service`] = {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: { Ref: name }, NetworkConfiguration: network },
      };
    }
    expect(finding(judged(resources), 'neighbour', 'anything else')).toMatchObject({
      verdict: 'unproven',
      missing: [{ id: 'proxies(Task)' }],
    });
    expect(finding(judged(resources), 'ip', 'by OneService').path.map(({ id }) => id)).toContain('Proxies');
    delete resources.Two;
    delete resources.TwoService;
    expect(finding(judged(resources), 'neighbour', 'anything else').verdict).toBe('closed');
  });

  test('opens a group of a peered network that is named as a peer', () => {
    const resources = database(port(5432));
    resources.Other = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.9.0.0/16' } };
    propertiesOf(resources, 'Others').VpcId = { Ref: 'Other' };
    expect(finding(judged(resources), 'neighbour', 'Database').verdict).toBe('open');
  });
});

describe('launcher', () => {
  const grant = (action: string, resource: unknown) => {
    const resources = {
      ...closedCell(),
      Role: role({ Action: action, Resource: resource }),
      Unrelated: { Type: 'AWS::ECS::Cluster' },
    };
    return finding(judged(resources), 'launcher', 'identities').verdict;
  };

  test.each([
    ['ecs:RunTask', { Ref: 'Task' }, 'open'],
    ['ecs:*', '*', 'open'],
    ['ec2:AuthorizeSecurityGroup*', '*', 'open'],
    [
      'ec2:AuthorizeSecurityGroupEgress',
      { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:security-group/${Group}' },
      'open',
    ],
    ['ecs:RunTask', { Ref: 'Nowhere' }, 'unproven'],
    ['ecs:RunTask', { Ref: 'Unrelated' }, 'closed'],
    ['s3:PutObject', '*', 'closed'],
  ])('judges %s on %j', (action, resource, verdict) => {
    expect(grant(action, resource)).toBe(verdict);
  });

  test('counts a policy of a role that no template holds', () => {
    const resources: Resources = {
      ...closedCell(),
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          Roles: ['operator'],
          PolicyDocument: { Statement: { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' } },
        },
      },
    };
    expect(finding(judged(resources), 'launcher', 'identities').path[0]).toMatchObject({ id: 'Policy' });
  });
});

test('a type nobody knows is unproven when it names a network, and only listed when it doesn’t', () => {
  const resources: Resources = {
    ...closedCell(),
    Odd: { Type: 'Acme::Net::Tunnel', Properties: { Subnet: { Ref: 'Subnet' } } },
    Idle: { Type: 'Acme::Idle::Thing' },
  };
  const report = judged(resources);
  expect(finding(report, 'model', 'doesn’t know')).toMatchObject({
    verdict: 'unproven',
    missing: [{ id: 'type(Odd)' }],
  });
  expect(report.types.unknown).toEqual({ 'Acme::Net::Tunnel': ['Odd'], 'Acme::Idle::Thing': ['Idle'] });
});
