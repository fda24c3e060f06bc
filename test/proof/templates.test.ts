import { prove, type TemplateInput } from '../../lib/proof';
import { ALL_OUT, closedCell, finding, group, nat, propertiesOf, type Resources } from './templates';

const V4 = 'the internet (IPv4)';
const template = (name: string, Resources: Resources, sections: object = {}): TemplateInput => ({
  name,
  document: { Resources, ...sections },
});
const open = (): Resources => ({ ...closedCell(), ...nat(), Group: group([ALL_OUT]) });

/** Splits a cell in two stacks: the network, and what runs in it. */
function split(value: (id: string) => unknown): [Resources, Resources] {
  const [network, app] = [open(), open()];
  for (const id of ['Task', 'Service']) delete network[id];
  for (const id of Object.keys(app)) if (id !== 'Task' && id !== 'Service') delete app[id];
  propertiesOf(app, 'Service').NetworkConfiguration = {
    AwsvpcConfiguration: { Subnets: [value('Subnet')], SecurityGroups: [value('Group')], AssignPublicIp: 'DISABLED' },
  };
  return [network, app];
}

test('follows exports and imports across templates', () => {
  const [network, app] = split((id) => ({ 'Fn::ImportValue': `net-${id}` }));
  const Outputs = Object.fromEntries(
    ['Subnet', 'Group'].map((id) => [id, { Value: { Ref: id }, Export: { Name: `net-${id}` } }]),
  );
  const both = prove([template('net', network, { Outputs }), template('app', app)]);
  expect(
    finding(both, 'ip', V4)
      .path.map(({ id }) => id)
      .slice(0, 4),
  ).toEqual(['app/Service', 'net/Group', 'net/Subnet', 'net/Default']);
  const alone = prove([template('app', app)]);
  expect(finding(alone, 'ip', V4)).toMatchObject({ verdict: 'unproven', missing: [{ id: 'import(net-Subnet)' }] });
});

test('follows parameters into a nested stack, and its outputs out of it', () => {
  const [network, app] = split((id) => ({ Ref: `Its${id}` }));
  const parent: Resources = {
    Network: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: { TemplateURL: 'x' },
      Metadata: { 'aws:asset:path': 'network.nested.template.json' },
    },
    App: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: 'x',
        Parameters: {
          ItsSubnet: { 'Fn::GetAtt': ['Network', 'Outputs.Subnet'] },
          ItsGroup: { 'Fn::GetAtt': ['Network', 'Outputs.Group'] },
        },
      },
      Metadata: { 'aws:asset:path': 'app.nested.template.json' },
    },
  };
  const inputs = [
    template('parent.template.json', parent),
    template('network.nested.template.json', network, {
      Outputs: { Subnet: { Value: { Ref: 'Subnet' } }, Group: { Value: { Ref: 'Group' } } },
    }),
    template('app.nested.template.json', app, {
      Parameters: { ItsSubnet: { Type: 'String' }, ItsGroup: { Type: 'String' } },
    }),
  ];
  const report = prove(inputs);
  expect(finding(report, 'ip', V4).verdict).toBe('open');
  expect(finding(report, 'model', 'doesn’t know').verdict).toBe('closed');
  expect(finding(prove([template('parent', parent), template('app', app)]), 'model', 'doesn’t know').verdict).toBe(
    'unproven',
  );
});

test.each([
  [{ 'Fn::Join': ['.', ['10', '0', '0', '0/8']] }, 'closed'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['|', '10.0.0.0/8|0.0.0.0/0'] }] }, 'open'],
  [{ 'Fn::FindInMap': ['Ranges', 'all', 'cidr'] }, 'open'],
  [{ 'Fn::FindInMap': ['Ranges', { Ref: 'AWS::Region' }, 'cidr'] }, 'unproven'],
  [{ 'Fn::If': ['Never', '0.0.0.0/0', '10.0.0.0/8'] }, 'closed'],
  [{ 'Fn::Sub': ['${Net}/0', { Net: '0.0.0.0' }] }, 'open'],
  [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, 'closed'],
  ['{{resolve:ssm:/net/allowed}}', 'unproven'],
  [{ 'Fn::Cidr': ['10.0.0.0/8', 1, 8] }, 'unproven'],
])('evaluates %j as the range of a rule', (CidrIp, verdict) => {
  const resources = { ...open(), Group: group([{ CidrIp, IpProtocol: '-1' }]) };
  // The network takes all of 10/8, so what stays inside it is closed.
  propertiesOf(resources, 'Vpc').CidrBlock = '10.0.0.0/8';
  const sections = {
    Mappings: { Ranges: { all: { cidr: '0.0.0.0/0' } } },
    Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
  };
  expect(finding(prove([template('test', resources, sections)]), 'ip', V4).verdict).toBe(verdict);
});

test('finds the network in the definition of a state machine, and what its input decides', () => {
  const resources = open();
  delete resources.Service;
  const definition = (network: string) => ({
    'Fn::Join': [
      '',
      [
        '{"StartAt":"Run","States":{"Run":{"Type":"Task","End":true,"Resource":"arn:aws:states:::ecs:runTask.sync","Parameters":{"LaunchType":"FARGATE","TaskDefinition":"',
        { Ref: 'Task' },
        '",',
        network.split('#')[0],
        { Ref: 'Subnet' },
        network.split('#')[1],
        '}}}}',
      ],
    ],
  });
  const fixed =
    '"NetworkConfiguration":{"AwsvpcConfiguration":{"Subnets":["#"],"SecurityGroups":["sg-1"],"AssignPublicIp":"DISABLED"}}';
  resources.Machine = { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: definition(fixed) } };
  const report = prove([template('test', resources)]);
  expect(finding(report, 'launcher', 'launch fields').verdict).toBe('closed');
  expect(finding(report, 'ip', V4)).toMatchObject({ verdict: 'unproven', missing: [{ id: 'group(sg-1)' }] });
  propertiesOf(resources, 'Machine').DefinitionString = definition(
    '"Comment":"#","NetworkConfiguration.$":"$.network"',
  );
  expect(finding(prove([template('test', resources)]), 'launcher', 'launch fields')).toMatchObject({
    verdict: 'open',
    reason: 'whoever starts it decides NetworkConfiguration',
  });
});

test('tells two templates of one name', () => {
  const report = prove([template('same', closedCell()), template('same', closedCell())]);
  expect(report.problems.map(({ code }) => code)).toEqual(['name-twice']);
});
