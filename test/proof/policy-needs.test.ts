import { definePolicy, type PolicyDocument } from '../../lib/policy';
import { prove } from '../../lib/proof';
import { propertiesOf, type Resources } from './templates';
import { sealedCell } from './sealed-cell';

const policy = (upstreams: PolicyDocument['upstreams']) => definePolicy({ policy: 1, name: 'coder', upstreams });
const PUBLIC = policy([
  { host: 'api.example.com', rules: ['GET /**'] },
  { host: 'files.example.com', port: 8443, rules: ['GET /**'] },
]);
const PRIVATE = policy([{ host: 'git.example.com', port: 8443, addresses: ['10.20.0.0/16'], rules: ['GET /**'] }]);

function proxyWith(egress: readonly object[]): Resources {
  const resources = sealedCell();
  propertiesOf(resources, 'ProxyGroup').SecurityGroupEgress = egress;
  return resources;
}

const tcp = (port: number, CidrIp = '0.0.0.0/0', last = port) => ({
  CidrIp,
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: last,
});

function otherPorts(egress: readonly object[], options: Parameters<typeof prove>[1]) {
  const document = { Resources: proxyWith(egress) };
  const { findings } = prove([{ name: 'test', document }], options);
  const [found] = findings.filter(({ claim, destination }) => claim === 'proxy' && destination.startsWith('ports'));
  return found;
}

test('the ports of the policy are those that a proxy needs, and its platform’s', () => {
  const both = [tcp(443), tcp(8443)];
  expect(otherPorts(both, { policies: [PUBLIC] })?.verdict).toBe('closed');
  expect(otherPorts(both, {})?.verdict).toBe('open');
  expect(otherPorts([...both, tcp(22)], { policies: [PUBLIC] })).toMatchObject({
    verdict: 'open',
    reason: 'its group lets out TCP 22, which no upstream needs',
  });
  expect(otherPorts([tcp(443, '0.0.0.0/0', 8443)], { policies: [PUBLIC] })?.verdict).toBe('open');
});

test('a port that only private upstreams have leads to their addresses alone', () => {
  expect(otherPorts([tcp(443), tcp(8443, '10.20.0.0/16')], { policies: [PRIVATE] })?.verdict).toBe('closed');
  expect(otherPorts([tcp(443), tcp(8443, '10.20.3.0/24')], { policies: [PRIVATE] })?.verdict).toBe('closed');
  expect(otherPorts([tcp(443), tcp(8443)], { policies: [PRIVATE] })).toMatchObject({
    verdict: 'open',
    reason: 'its group lets out TCP 8443 to more addresses than its upstreams have',
  });
});

test('several policies and ports that the caller states add up', () => {
  const egress = [tcp(443), tcp(8443), tcp(5432)];
  expect(otherPorts(egress, { policies: [PRIVATE, PUBLIC], proxyPorts: [5432] })?.verdict).toBe('closed');
  expect(otherPorts(egress, { policies: [PRIVATE], proxyPorts: [5432] })?.verdict).toBe('open');
});

test('where tokens are fetched is a need too', () => {
  const credential = {
    oauth2: { tokenUrl: 'https://auth.example.com:9443/token', clientId: 'agent', secret: 'client-secret' },
  };
  const policies = [policy([{ host: 'api.example.com', rules: ['GET /**'], credential }])];
  expect(otherPorts([tcp(9443)], { policies })?.verdict).toBe('closed');
  expect(otherPorts([tcp(9444)], { policies })?.verdict).toBe('open');
});

test('a range that isn’t known is unproven, whatever the policy', () => {
  const unknown = { CidrIp: { Ref: 'Nowhere' }, IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443 };
  expect(otherPorts([tcp(443), unknown], { policies: [PRIVATE] })?.verdict).toBe('unproven');
});
