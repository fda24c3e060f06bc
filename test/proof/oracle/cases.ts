import type { Verdict } from '../../../lib/proof';
import { cell, type Resources, type Shape } from './cell';
import type { Simulated } from './simulate';
import type { Template } from './world';

/** One template on which simulation and proof once disagreed, or nearly. */
export interface Case {
  readonly name: string;
  readonly claim: Simulated;
  readonly template: Template;
  readonly leaks: boolean;
  readonly verdict: Verdict;
}

const SHUT: Shape = {
  v6: false,
  egress: [],
  apart: undefined,
  routes: [],
  publicRoutes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: 'Gateway' } }],
  table: 'own',
  natSubnet: 'Public',
  natKind: 'public',
  address: 'DISABLED',
  groups: 'own',
  both: false,
  prefixList: ['0.0.0.0/1'],
  conditional: undefined,
};
const TO_NAT = { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: { Ref: 'Nat' } };
const EVERYTHING = [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }];
const OTHER_ADMITS: Resources = {
  OtherGroupIngress: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: {
      GroupId: { 'Fn::GetAtt': ['OtherGroup', 'GroupId'] },
      IpProtocol: '-1',
      CidrIp: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] },
    },
  },
};
const made = (shape: Partial<Shape>, more: Resources = {}) => cell({ ...SHUT, ...shape }, more);

/** What the documents say of each is in its name. */
export const CASES: readonly Case[] = [
  {
    name: 'a group with one narrow rule and a table without a route is shut',
    claim: 'ip',
    template: made({}),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'NAT in a public subnet takes any address out',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT] }),
    leaks: true,
    verdict: 'open',
  },
  {
    name: 'NAT in its client’s own subnet has the same table, and packets run in a circle',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], natSubnet: 'Private' }),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a subnet without an association has the main table, which is local',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], table: 'main' }),
    leaks: false,
    verdict: 'closed',
  },
  {
    name: 'a route that a condition may leave out is unproven',
    claim: 'ip',
    template: made({ egress: EVERYTHING, routes: [TO_NAT], conditional: 'Route0' }),
    leaks: true,
    verdict: 'unproven',
  },
  {
    name: 'a neighbour that admits the network is met by a rule to the network',
    claim: 'neighbour',
    template: made({ egress: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }] }, OTHER_ADMITS),
    leaks: true,
    verdict: 'open',
  },
];

/** Whether docs/proof.md names it among the known holes: closed today, and it should not be. */
export function isKnownHole(template: Template, claim: Simulated): boolean {
  const text = JSON.stringify(template);
  return (claim === 'neighbour' || claim === 'cloud-api') && /"IpProtocol":[^{}]*"DestinationPrefixListId"/.test(text);
}
