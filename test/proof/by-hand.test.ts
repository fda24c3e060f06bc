import { prove, type Report } from '../../lib/proof';
import { BY_HAND_AROUND } from './by-hand-network';
import { BY_HAND_ROLES } from './by-hand-roles';
import { BY_HAND_WITHIN } from './by-hand-tasks';
import { opened } from './opened';
import { sealedCell } from './sealed-cell';
import { group, judged, propertiesOf, type Resources, route } from './templates';

const ref = (id: string) => ({ Ref: id });
const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

test.each([...BY_HAND_AROUND, ...BY_HAND_WITHIN, ...BY_HAND_ROLES])('%s', (_name, put, verdicts, missing) => {
  const resources = sealedCell();
  put(resources);
  expect(opened(judged(resources))).toEqual({ verdicts, missing });
});

/** A cell whose agent goes out where its group lets it, by a group that another template makes. */
function withGroup(groups: readonly object[]): Resources {
  const resources: Resources = {
    ...sealedCell(),
    Group: group([{ CidrIp: '255.255.255.255/32', IpProtocol: 'icmp' }]),
    Gateway: { Type: 'AWS::EC2::InternetGateway' },
    Away: route({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: ref('Gateway') }),
  };
  const placed = { Subnets: [ref('Subnet')], SecurityGroups: groups, AssignPublicIp: 'ENABLED' };
  propertiesOf(resources, 'Service').NetworkConfiguration = { AwsvpcConfiguration: placed };
  return resources;
}

const nested = (name: string, Parameters: object = {}, more: object = {}) => ({
  Type: 'AWS::CloudFormation::Stack',
  Properties: { Parameters },
  Metadata: { 'aws:asset:path': name },
  ...more,
});

test('a template that two stacks are made of is open where one of them is', () => {
  const made = { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupEgress: [{ CidrIp: ref('To') }] } };
  const child = {
    Parameters: { To: { Type: 'String' } },
    Resources: { Made: made },
    Outputs: { Made: { Value: att('Made', 'GroupId') } },
  };
  const resources = {
    ...withGroup([att('Wide', 'Outputs.Made')]),
    Wide: nested('group.json', { To: '0.0.0.0/0' }),
    Narrow: nested('group.json', { To: '255.255.255.255/32' }),
  };
  const report = prove([
    { name: 'app.json', document: { Resources: resources } },
    { name: 'group.json', document: child },
  ]);
  const { verdicts, missing } = opened(report);
  expect(verdicts).toMatchObject({ ip: 'unproven', model: 'unproven' });
  expect(missing).toEqual(expect.arrayContaining(['given', 'nested']));
});

test('an export of two templates is neither’s', () => {
  const exporting = (CidrIp: string) => ({
    Resources: { Made: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupEgress: [{ CidrIp }] } } },
    Outputs: { Made: { Value: att('Made', 'GroupId'), Export: { Name: 'group' } } },
  });
  const report = prove([
    { name: 'app.json', document: { Resources: withGroup([{ 'Fn::ImportValue': 'group' }]) } },
    { name: 'one.json', document: exporting('255.255.255.255/32') },
    { name: 'other.json', document: exporting('0.0.0.0/0') },
  ]);
  expect(opened(report)).toMatchObject({ verdicts: { ip: 'unproven' }, missing: ['import'] });
});

/** The firewall of names in a nested stack, made under a condition. */
function nestedNames(condition: unknown): Report {
  const { Everything, Allowed, Names, Firewall, ...resources } = sealedCell();
  const child = { Everything, Allowed, Names, Firewall };
  propertiesOf({ ...sealedCell(), ...child } as Resources, 'Firewall').VpcId = ref('Network');
  const Resources = { ...resources, Stack: nested('names.json', { Network: ref('Vpc') }, { Condition: 'Wanted' }) };
  const document = { Resources, Parameters: { Choice: { Type: 'String' } }, Conditions: { Wanted: condition } };
  const Parameters = { Network: { Type: 'String' } };
  return prove([
    { name: 'app.json', document },
    { name: 'names.json', document: { Parameters, Resources: child } },
  ]);
}

test('a nested stack protects where its condition holds for certain', () => {
  const equals = (one: unknown) => ({ 'Fn::Equals': [one, 'yes'] });
  expect(opened(nestedNames(equals('yes')))).toEqual({ verdicts: {}, missing: [] });
  expect(opened(nestedNames(equals('no')))).toEqual({ verdicts: { dns: 'open' }, missing: [] });
  expect(opened(nestedNames(equals(ref('Choice')))).verdicts).toEqual({ dns: 'unproven' });
});

test('a condition that compares lists is not known to fail', () => {
  const resources = withGroup([att('Open', 'GroupId')]);
  resources.Open = group([{ CidrIp: '0.0.0.0/0', IpProtocol: '-1' }]);
  Object.assign(resources.Away ?? {}, { Condition: 'Same' });
  const report = judged(resources, {}, { Conditions: { Same: { 'Fn::Equals': [['a'], ['a']] } } });
  expect(opened(report)).toMatchObject({ verdicts: { ip: 'unproven' }, missing: ['malformed'] });
});

test.each(['Fn::Transform', 'Transform'])('%s at the top of a template may add anything', (key) => {
  const include = { Name: 'AWS::Include', Parameters: { Location: 's3://x' } };
  expect(opened(judged(sealedCell(), {}, { [key]: include })).verdicts).toEqual({ model: 'unproven' });
});
