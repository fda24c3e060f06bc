import { prove } from '../../lib/proof';
import { ALL_OUT, closedCell, finding, group, judged, nat, propertiesOf, route } from './templates';

const V4 = 'the internet (IPv4)';

test('is unproven where a subnet is only named, until the fact is stated', () => {
  const resources = { ...closedCell(), Group: group([ALL_OUT]) };
  propertiesOf(resources, 'Service').NetworkConfiguration = {
    AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: [{ Ref: 'Group' }], AssignPublicIp: 'DISABLED' },
  };
  expect(finding(judged(resources), 'ip', V4)).toMatchObject({
    verdict: 'unproven',
    missing: [{ id: 'routes(subnet-1)' }],
  });
  const stated = judged(resources, { assume: ['routes(subnet-1)'] });
  expect(finding(stated, 'ip', V4).verdict).toBe('closed');
  expect(stated.assumed).toEqual(['routes(subnet-1)']);
});

test('names assumptions that nothing needed', () => {
  expect(judged(closedCell(), { assume: ['routes(subnet-9)'] }).unusedAssumptions).toEqual(['routes(subnet-9)']);
});

test('a parameter is unproven whatever its default, and judged once its value is stated', () => {
  const resources = { ...closedCell(), ...nat(), Group: group([{ CidrIp: { Ref: 'Allowed' }, IpProtocol: '-1' }]) };
  const sections = { Parameters: { Allowed: { Type: 'String', Default: '10.0.0.0/16' } } };
  expect(finding(judged(resources, {}, sections), 'ip', V4)).toMatchObject({
    verdict: 'unproven',
    missing: [{ id: 'Allowed=' }],
  });
  expect(finding(judged(resources, { assume: ['Allowed=10.0.0.0/16'] }, sections), 'ip', V4).verdict).toBe('closed');
  expect(finding(judged(resources, { assume: ['Allowed=0.0.0.0/0'] }, sections), 'ip', V4).verdict).toBe('open');
});

test('a condition that isn’t known makes a rule unproven, one that is decides it', () => {
  const resources = { ...closedCell(), ...nat() };
  resources.Rule = {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Condition: 'Debug',
    Properties: { GroupId: { Ref: 'Group' }, ...ALL_OUT },
  };
  const sections = (value: unknown) => ({
    Parameters: { Mode: { Type: 'String' } },
    Conditions: { Debug: { 'Fn::Equals': [value, 'debug'] } },
  });
  expect(finding(judged(resources, {}, sections({ Ref: 'Mode' })), 'ip', V4).verdict).toBe('unproven');
  expect(finding(judged(resources, {}, sections('debug')), 'ip', V4).verdict).toBe('open');
  expect(finding(judged(resources, {}, sections('quiet')), 'ip', V4).verdict).toBe('closed');
});

test('a task that nothing starts is unproven: who starts it chooses its network', () => {
  const resources = closedCell();
  delete resources.Service;
  expect(finding(judged(resources), 'ip', V4)).toMatchObject({
    verdict: 'unproven',
    missing: [{ id: 'launch(Task)' }],
  });
});

test('a target nobody knows is unproven', () => {
  const resources = {
    ...closedCell(),
    Group: group([ALL_OUT]),
    Odd: route({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Nowhere' } }),
  };
  expect(finding(judged(resources), 'ip', V4).verdict).toBe('unproven');
});

test('what is no template is a problem, and nothing is closed', () => {
  for (const document of [null, 7, 'text', [], {}, { Resources: 1 }, { Resources: { A: {} } }]) {
    const report = prove([{ name: 'broken.json', document }]);
    expect(report.problems).toHaveLength(1);
    expect(report.verdict).toBe('unproven');
  }
});

test('a template without a task is unproven: there is nothing to prove', () => {
  expect(judged({ Bucket: { Type: 'AWS::S3::Bucket' } }).verdict).toBe('unproven');
});
