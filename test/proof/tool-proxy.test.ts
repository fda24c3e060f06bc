import { prove, worst } from '../../lib/proof';
import { cell, type Resources, SHUT } from './oracle/cell';
import { WINDOW } from './oracle/window-walls';

const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
const ELB = 'AWS::ElasticLoadBalancingV2';

/** One resource of the window written again, with these names in place of its own. */
function again(id: string, names: Readonly<Record<string, string>>): Resources[string] {
  const text = Object.entries(names).reduce(
    (written, [from, to]) => written.replaceAll(`"Ref":"${from}"`, `"Ref":"${to}"`),
    JSON.stringify(WINDOW[id]),
  );
  return JSON.parse(text) as Resources[string];
}

const admit = (from: string, to: string): Resources => ({
  [`${from}To${to}`]: {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId: { Ref: from }, ...HTTPS, DestinationSecurityGroupId: { Ref: to } },
  },
  [`${to}From${from}`]: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: { GroupId: { Ref: to }, ...HTTPS, SourceSecurityGroupId: { Ref: from } },
  },
});

const OWN = { Balancer: 'ItsBalancer', BalancerGroup: 'ItsBalancerGroup', Targets: 'ItsTargets', Proxy: 'ItsProxy' };
/** A second proxy, the tool's, behind a balancer of its own. */
const ITS_PROXY: Resources = {
  ItsBalancerGroup: again('BalancerGroup', { ProxyGroup: 'ItsProxyGroup' }),
  ItsBalancer: again('Balancer', OWN),
  ItsListener: again('Listener', OWN),
  ItsTargets: again('Targets', OWN),
  ItsProxyGroup: again('ProxyGroup', OWN),
  ItsProxyTask: {
    Type: 'AWS::ECS::TaskDefinition',
    Metadata: { 'anchorhold:workload': 'proxy' },
    Properties: {
      ...{ NetworkMode: 'awsvpc', RequiresCompatibilities: ['FARGATE'], ContainerDefinitions: [{ Name: 'main' }] },
    },
  },
  ItsProxy: again('Proxy', { ...OWN, ProxyTask: 'ItsProxyTask', ProxyGroup: 'ItsProxyGroup' }),
  ...admit('ToolGroup', 'ItsBalancerGroup'),
};

/** What is said of who calls the tool's proxy. */
function callersOf(more: Resources, proxy = 'ItsProxyTask', shape = SHUT) {
  const document = cell(shape, { ...WINDOW, ...ITS_PROXY, ...more });
  const { findings } = prove([{ name: 'template.json', document }]);
  return worst(
    findings
      .filter((one) => one.workload === proxy && one.claim === 'proxy' && one.destination === 'callers from elsewhere')
      .map(({ verdict }) => verdict),
  );
}

/** Another network with the tool's balancer in it, which admits the agents' range. */
const ELSEWHERE: Resources = {
  Far: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.1.0.0/16' } },
  FarSubnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Far' }, CidrBlock: '10.1.0.0/24' } },
  ItsBalancer: {
    Type: `${ELB}::LoadBalancer`,
    Properties: { ...ITS_PROXY.ItsBalancer?.Properties, Subnets: [{ Ref: 'FarSubnet' }] },
  },
  FarIngress: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: { GroupId: { Ref: 'ItsBalancerGroup' }, ...HTTPS, CidrIp: '10.0.0.0/16' },
  },
  FarEgress: {
    Type: 'AWS::EC2::SecurityGroupEgress',
    Properties: { GroupId: { Ref: 'AgentGroup' }, ...HTTPS, CidrIp: '10.1.0.0/16' },
  },
};

test('a tool before a proxy of its own is no stranger', () => {
  expect(callersOf({})).toBe('closed');
  expect(callersOf({}, 'ProxyTask')).toBe('closed');
});

test.each([
  ['that agents reach too', admit('AgentGroup', 'ItsBalancerGroup'), 'open'],
  ['that agents reach from another network', ELSEWHERE, 'open'],
  [
    'that an endpoint not known may lead agents to',
    {
      Another: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: { ...WINDOW.Window?.Properties, ServiceName: { Ref: 'Service' } },
      },
    },
    'unproven',
  ],
  [
    'of whose listener only a part is known',
    {
      ItsListener: {
        Type: `${ELB}::Listener`,
        Properties: { ...ITS_PROXY.ItsListener?.Properties, DefaultActions: [{ Ref: 'Service' }] },
      },
    },
    'unproven',
  ],
] as const)('a tool before a proxy %s is one', (_, more, verdict) => {
  expect(callersOf(more)).toBe(verdict);
});

test('a tool before a proxy is one for all that is known while an agent’s groups aren’t', () => {
  expect(callersOf({}, 'ItsProxyTask', { ...SHUT, groups: 'unknown' })).toBe('unproven');
});

test('a tool before a proxy is one for all that is known while something may start an agent elsewhere', () => {
  const elsewhere = { Type: 'AWS::Scheduler::Schedule', Properties: { Target: { EcsParameters: { Ref: 'Service' } } } };
  expect(callersOf({ Starter: elsewhere })).toBe('unproven');
});

test('a tool before the agents’ own proxy is one', () => {
  expect(callersOf(admit('ToolGroup', 'BalancerGroup'), 'ProxyTask')).toBe('open');
});
