import fc from 'fast-check';
import { beyondShape, farEndpoint } from './beyond-walls';
import { cell, type Resources, type Shape, SHUT, written } from './cell';
import { dutyWalls } from './duty-walls';
import { endpointPolicies } from './endpoint-policies';
import { nameWalls } from './name-walls';
import type { Simulated } from './simulate';
import { taskGrants } from './task-grants';
import { walls } from './walls';
import { windowWalls } from './window-walls';
import type { Template } from './world';

const RANGES = ['0.0.0.0/0', '0.0.0.0/1', '128.0.0.0/1', '8.8.8.0/24', '203.0.113.0/24', '10.0.0.0/8', '10.1.0.0/16'];
const RANGES6 = ['::/0', '2000::/3', '64:ff9b::/96', 'fc00::/7'];
const v4 = fc.constantFrom(...RANGES);
const v6 = fc.constantFrom(...RANGES6);
const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

export const traffic = fc.constantFrom<Record<string, unknown>>(
  { IpProtocol: '-1' },
  { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
  { IpProtocol: '6', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'udp', FromPort: 53, ToPort: 53 },
  { IpProtocol: '17', FromPort: 1024, ToPort: 65535 },
  { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
  { IpProtocol: 'icmp', FromPort: 8, ToPort: -1 },
  { IpProtocol: '50' },
);
const target = fc.oneof(
  { weight: 4, arbitrary: v4.map((CidrIp) => ({ CidrIp })) },
  { weight: 2, arbitrary: v6.map((CidrIpv6) => ({ CidrIpv6 })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Record<string, unknown>>(
      { CidrIp: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] } },
      { CidrIp: { Ref: 'Range' } },
      { DestinationPrefixListId: { Ref: 'List' } },
      { DestinationPrefixListId: 'pl-63a5400a' },
      { DestinationSecurityGroupId: { 'Fn::GetAtt': ['OtherGroup', 'GroupId'] } },
      { DestinationSecurityGroupId: { Ref: 'EndpointGroup' } },
    ),
  },
);
const rule = fc.tuple(traffic, target).map(([how, where]) => ({ ...how, ...where }));

/** The agent's egress: nearly closed, open as a group is created, or with a rule or two. */
const egress = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
  {
    weight: 2,
    arbitrary: fc.constant([
      { IpProtocol: '-1', CidrIp: '0.0.0.0/0' },
      { IpProtocol: '-1', CidrIpv6: '::/0' },
    ]),
  },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

const gateway = fc.constantFrom<Record<string, unknown>>(
  { GatewayId: { Ref: 'Gateway' } },
  { GatewayId: { Ref: 'Gateway' } },
  { NatGatewayId: { Ref: 'Nat' } },
  { NatGatewayId: { Ref: 'Nat' } },
  { VpcPeeringConnectionId: { Ref: 'Peering' } },
  { VpcPeeringConnectionId: { Ref: 'ForeignPeering' } },
  { TransitGatewayId: { Ref: 'Transit' } },
  { GatewayId: { Ref: 'Vpn' } },
);
const destination = fc.oneof(
  { weight: 3, arbitrary: v4.map((DestinationCidrBlock) => ({ DestinationCidrBlock })) },
  { weight: 1, arbitrary: fc.constant({ DestinationPrefixListId: { Ref: 'List' } }) },
);
const route4 = fc.tuple(destination, gateway).map(([to, by]) => ({ ...to, ...by }));
const route6 = fc
  .tuple(v6, fc.oneof(gateway, fc.constant({ EgressOnlyInternetGatewayId: { Ref: 'EgressOnly' } })))
  .map(([DestinationIpv6CidrBlock, by]) => ({ DestinationIpv6CidrBlock, ...by }));

/** Routes of one table, no two to the same range: the service refuses those. */
const routes = fc.uniqueArray(fc.oneof({ weight: 3, arbitrary: route4 }, { weight: 1, arbitrary: route6 }), {
  maxLength: 3,
  selector: (one) => JSON.stringify(Object.entries(one).filter(([key]) => key.startsWith('Destination'))),
});

const shape: fc.Arbitrary<Shape> = fc.record({
  v6: fc.boolean(),
  egress,
  apart: mostly<Record<string, unknown> | undefined>(undefined, rule),
  routes,
  publicRoutes: mostly<readonly Record<string, unknown>[]>(
    [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } }],
    routes,
  ),
  table: fc.constantFrom<'own' | 'main' | 'public'>('own', 'own', 'own', 'main', 'public'),
  natSubnet: mostly<'Public' | 'Private'>('Public', fc.constant<'Private'>('Private')),
  natKind: mostly<'public' | 'private'>('public', fc.constant<'private'>('private')),
  address: fc.constantFrom<unknown>('ENABLED', 'ENABLED', 'DISABLED', 'DISABLED', { Ref: 'Address' }, undefined),
  groups: fc.constantFrom<'own' | 'none' | 'default' | 'unknown'>(
    'own',
    'own',
    'own',
    'own',
    'own',
    'none',
    'default',
    'unknown',
  ),
  both: fc.boolean(),
  prefixList: fc.uniqueArray(v4, { minLength: 1, maxLength: 2 }),
  conditional: mostly<string | undefined>(undefined, fc.constantFrom('Route0', 'Service6', 'AgentEgress', 'Nat')),
});

/** A template, and the claims that its sort is about. */
export interface Sample {
  readonly template: Template;
  readonly claims: readonly Simulated[];
}

/** Small networks of an agent, mostly closed but for a mistake or two. */
const networks: fc.Arbitrary<Sample> = fc
  .tuple(shape, fc.uniqueArray(walls, { maxLength: 2, selector: (wall) => Object.keys(wall).join() }))
  .map(([one, more]) => ({
    template: cell(one, Object.assign({}, ...more) as Resources),
    claims: ['ip', 'neighbour', 'inbound', 'cloud-api'],
  }));

const names: fc.Arbitrary<Sample> = nameWalls.map((more) => ({ template: cell(SHUT, more), claims: ['dns'] }));

const keys: fc.Arbitrary<Sample> = endpointPolicies.map((more) => ({
  template: cell({ ...SHUT, egress: [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] }, more),
  claims: ['cloud-api'],
}));

/** Endpoints in networks that the agent's is joined to. */
const beyond: fc.Arbitrary<Sample> = fc
  .tuple(beyondShape, farEndpoint)
  .map(([one, more]) => ({ template: cell(one, more), claims: ['cloud-api'] }));

const grants: fc.Arbitrary<Sample> = taskGrants.map((change) => ({
  template: written(change({ ...cell(SHUT, {}).Resources })),
  claims: ['role', 'secrets'],
}));

const windows: fc.Arbitrary<Sample> = windowWalls.map((more) => ({
  template: cell(SHUT, more),
  claims: ['neighbour', 'proxy', 'tool'],
}));

const duties: fc.Arbitrary<Sample> = dutyWalls.map((change) => ({
  template: written(change({ ...cell(SHUT, {}).Resources })),
  claims: ['launcher', 'audit'],
}));

/** A fourth of them networks; the others about names, foreign keys, what a task is given, its window, and who has a say in it. */
export const samples: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 3, arbitrary: networks },
  { weight: 2, arbitrary: names },
  { weight: 1, arbitrary: keys },
  { weight: 1, arbitrary: beyond },
  { weight: 1, arbitrary: grants },
  { weight: 2, arbitrary: windows },
  { weight: 1, arbitrary: duties },
);
