import fc from 'fast-check';
import type { Resources } from './cell';

type Fields = Record<string, unknown>;

const LISTS: readonly (readonly unknown[])[] = [
  ['api.partner.example'],
  ['api.partner.example', 'logs.us-east-1.amazonaws.com.'],
  ['*.partner.example'],
  ['*.amazonaws.com', 'api.partner.example'],
  ['*.us-east-1.amazonaws.com'],
  ['*.com'],
  ['*.EVIL.example'],
  ['*.internal.corp.example'],
];
const or = <T>(usual: fc.Arbitrary<T>, doubt: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: doubt });
const maybe = (value: unknown) => fc.constant<unknown>({ 'Fn::If': ['Wanted', value, { Ref: 'AWS::NoValue' }] });

const someDomains = or<unknown>(fc.constantFrom<unknown>(...LISTS), fc.constant({ Ref: 'Domains' }));
const everyDomain = fc.oneof(
  { weight: 12, arbitrary: fc.constant<unknown>(['*']) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(['*.com'], ['*', 'api.partner.example'], { Ref: 'Domains' }) },
);
const list = (id: string) => ({ 'Fn::GetAtt': [id, 'Id'] });

const listed = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom<unknown>(list('Some'), list('Every'), list('Every')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>({ Ref: 'DomainList' }, { 'Fn::ImportValue': 'DomainList' }, 'rslvr-fdl-1'),
  },
);
const rule = fc.record({
  Action: or<unknown>(fc.constantFrom('ALLOW', 'BLOCK', 'BLOCK', 'ALERT'), fc.constant({ Ref: 'Deed' })),
  FirewallDomainListId: listed,
  Qtype: fc.oneof(
    { weight: 8, arbitrary: fc.constant<unknown>(undefined) },
    { weight: 1, arbitrary: fc.constantFrom<unknown>('A', 'TXT', { Ref: 'Kind' }) },
  ),
});

/** Rules in the order of their numbers 100, 200, 300; most lists allow some names and block the rest. */
const rules = fc
  .oneof(
    {
      weight: 3,
      arbitrary: fc.constant<readonly Fields[]>([
        { Action: 'ALLOW', FirewallDomainListId: list('Some') },
        { Action: 'BLOCK', FirewallDomainListId: list('Every') },
      ]),
    },
    { weight: 3, arbitrary: fc.array<Fields>(rule, { minLength: 1, maxLength: 3 }) },
  )
  .chain((all) =>
    fc.tuple(
      ...all.map((one, index) => {
        const usual = {
          ...one,
          Priority: (index + 1) * 100,
          ...(one.Action === 'BLOCK' && { BlockResponse: 'NODATA' }),
        };
        return fc.oneof(
          { weight: 12, arbitrary: fc.constant<unknown>(usual) },
          { weight: 1, arbitrary: maybe(usual) },
          { weight: 1, arbitrary: fc.constant<unknown>({ ...usual, Priority: { Ref: 'Place' } }) },
        );
      }),
    ),
  );

const resolver = (type: string, Properties: Fields, Condition?: string) => ({
  Type: `AWS::Route53Resolver::${type}`,
  ...(Condition !== undefined && { Condition }),
  Properties,
});
const network = or<unknown>(fc.constant({ Ref: 'Vpc' }), fc.constantFrom<unknown>({ Ref: 'Network' }, 'vpc-another'));
const condition = or<string | undefined>(fc.constant(undefined), fc.constant('Wanted'));

const association = fc
  .tuple(network, condition, or<unknown>(fc.constantFrom(101, 202), fc.constant({ Ref: 'Place' })))
  .map(([VpcId, Condition, Priority]) => (id: string): Resources => ({
    [`${id}Association`]: resolver(
      'FirewallRuleGroupAssociation',
      { VpcId, Priority, FirewallRuleGroupId: list(id) },
      Condition,
    ),
  }));

const group = fc.tuple(rules, association).map(([FirewallRules, associated]) => (id: string): Resources => ({
  [id]: resolver('FirewallRuleGroup', { FirewallRules }),
  ...associated(id),
}));

/** What goes round the firewall, or stands behind it: a setting, rules of the resolver, zones of the network. */
const beside = fc.oneof(
  fc
    .tuple(network, fc.constantFrom<unknown>('ENABLED', 'DISABLED', { Ref: 'Fail' }))
    .map(([ResourceId, FirewallFailOpen]): Resources => ({
      Setting: resolver('FirewallConfig', { ResourceId, FirewallFailOpen }),
    })),
  fc
    .tuple(
      fc.constantFrom('FORWARD', 'FORWARD', 'SYSTEM'),
      fc.constantFrom('amazonaws.com', 'partner.example', 'corp.example', '.'),
      network,
    )
    .map(([RuleType, DomainName, VPCId]): Resources => ({
      Rule: resolver('ResolverRule', {
        RuleType,
        DomainName,
        ...(RuleType === 'FORWARD' && {
          TargetIps: [{ Ip: '203.0.113.53', Port: '53' }],
          ResolverEndpointId: 'rslvr-out-1',
        }),
      }),
      RuleAssociation: resolver('ResolverRuleAssociation', { VPCId, ResolverRuleId: { Ref: 'Rule' } }),
    })),
  fc.constantFrom('partner.example', 'corp.example.', 'com').map((Name): Resources => ({
    Zone: {
      Type: 'AWS::Route53::HostedZone',
      Properties: { Name, VPCs: [{ VPCId: { Ref: 'Vpc' }, VPCRegion: { Ref: 'AWS::Region' } }] },
    },
  })),
);

/** The resolver's firewall of the agent's network, and what stands beside it; each sort of doubt at most once. */
export const nameWalls: fc.Arbitrary<Resources> = fc
  .tuple(
    someDomains,
    everyDomain,
    group,
    fc.option(group, { freq: 4, nil: undefined }),
    fc.option(beside, { freq: 3, nil: undefined }),
  )
  .map(([some, every, first, second, more]) => ({
    Some: resolver('FirewallDomainList', { Domains: some }),
    Every: resolver('FirewallDomainList', { Domains: every }),
    ...first('Names'),
    ...second?.('More'),
    ...more,
  }))
  .filter(hasFewDoubts);

/** At most two unknowns, and no two associations of one number: the service refuses those. */
function hasFewDoubts(resources: Resources): boolean {
  const text = JSON.stringify(resources);
  const unknown = new Set(
    text.match(/"Ref":"(Domains|DomainList|Deed|Kind|Fail|Place|Network)"|"Wanted"|ImportValue/g),
  );
  const numbers = ['Names', 'More'].map((id) => JSON.stringify(resources[`${id}Association`]?.Properties.Priority));
  return unknown.size <= 2 && numbers[0] !== numbers[1] && (text.match(/"Place"/g) ?? []).length <= 1;
}
