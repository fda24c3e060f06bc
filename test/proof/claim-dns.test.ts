import { closedCell, finding, judged, propertiesOf, type Resources } from './templates';

const ALLOW = (list: string, more: object = {}) => ({
  Action: 'ALLOW',
  Priority: 1,
  FirewallDomainListId: { 'Fn::GetAtt': [list, 'Id'] },
  ...more,
});
const BLOCK = {
  Action: 'BLOCK',
  BlockResponse: 'NODATA',
  Priority: 9,
  FirewallDomainListId: { 'Fn::GetAtt': ['Everything', 'Id'] },
};

function garden(rules: readonly object[], domains: readonly unknown[] = ['logs.example']): Resources {
  return {
    ...closedCell(),
    Allowed: { Type: 'AWS::Route53Resolver::FirewallDomainList', Properties: { Domains: domains } },
    Everything: { Type: 'AWS::Route53Resolver::FirewallDomainList', Properties: { Domains: ['*'] } },
    Rules: { Type: 'AWS::Route53Resolver::FirewallRuleGroup', Properties: { FirewallRules: rules } },
    Firewall: {
      Type: 'AWS::Route53Resolver::FirewallRuleGroupAssociation',
      Properties: { Priority: 101, VpcId: { Ref: 'Vpc' }, FirewallRuleGroupId: { 'Fn::GetAtt': ['Rules', 'Id'] } },
    },
  };
}

const verdict = (resources: Resources) => finding(judged(resources), 'dns', 'name servers').verdict;

test('opens a resolver without a firewall, in a network with no route out', () => {
  expect(finding(judged(closedCell()), 'dns', 'name servers')).toMatchObject({
    verdict: 'open',
    path: [{ id: 'Service' }, { id: 'Vpc' }, { id: 'Vpc', by: 'no firewall rule group' }],
  });
});

test('closes exact names before a rule that blocks everything', () => {
  expect(verdict(garden([ALLOW('Allowed'), BLOCK]))).toBe('closed');
  expect(verdict(garden([BLOCK]))).toBe('closed');
});

test('judges rules by priority, not by their order in the template', () => {
  const early = { ...BLOCK, Priority: 0 };
  const wide = ['*.zone.example'];
  expect(verdict(garden([ALLOW('Allowed'), early], wide))).toBe('closed');
  expect(verdict(garden([BLOCK, ALLOW('Allowed')], wide))).toBe('open');
});

test('tells a wildcard of somebody’s zone from one of the cloud’s own', () => {
  expect(verdict(garden([ALLOW('Allowed'), BLOCK], [{ 'Fn::Sub': '*.s3.${AWS::Region}.amazonaws.com' }]))).toBe(
    'closed',
  );
  expect(verdict(garden([ALLOW('Allowed'), BLOCK], ['*.amazonaws.com.attacker.example']))).toBe('open');
});

test('opens a rule that only alerts, and one that blocks a single type of query', () => {
  expect(verdict(garden([{ ...BLOCK, Action: 'ALERT' }]))).toBe('open');
  expect(verdict(garden([{ ...BLOCK, Qtype: 'A' }]))).toBe('open');
});

test('is unproven for a list nobody holds, a trusted redirection and a forwarding rule', () => {
  expect(verdict(garden([{ ...ALLOW('Allowed'), FirewallDomainListId: 'rslvr-fdl-1' }, BLOCK]))).toBe('unproven');
  expect(
    verdict(garden([ALLOW('Allowed', { FirewallDomainRedirectionAction: 'TRUST_REDIRECTION_DOMAIN' }), BLOCK])),
  ).toBe('unproven');
  const forwarded = garden([ALLOW('Allowed'), BLOCK]);
  forwarded.Forward = {
    Type: 'AWS::Route53Resolver::ResolverRuleAssociation',
    Properties: { VPCId: { Ref: 'Vpc' }, ResolverRuleId: 'rslvr-rr-1' },
  };
  expect(verdict(forwarded)).toBe('unproven');
});

test('is unproven where the firewall may not be there', () => {
  const resources = garden([BLOCK]);
  resources.Firewall = { ...(resources.Firewall ?? { Type: '' }), Condition: 'Strict' };
  const sections = {
    Parameters: { Mode: { Type: 'String' } },
    Conditions: { Strict: { 'Fn::Equals': [{ Ref: 'Mode' }, 'strict'] } },
  };
  expect(finding(judged(resources, {}, sections), 'dns', 'name servers').verdict).not.toBe('closed');
});

test('closes a network that resolves nothing', () => {
  const resources = closedCell();
  propertiesOf(resources, 'Vpc').EnableDnsSupport = false;
  expect(verdict(resources)).toBe('closed');
});
