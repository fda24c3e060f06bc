import { prove } from '../../lib/proof';
import { only, referenceStack } from './reference-stack';
import { propertiesOf } from './templates';

/** What the proxy's claim says of callers, for a scheme of its balancer. */
function callers(scheme: unknown): string | undefined {
  const resources = referenceStack();
  const properties = propertiesOf(resources, only(resources, 'AWS::ElasticLoadBalancingV2::LoadBalancer'));
  if (scheme === undefined) delete properties.Scheme;
  else properties.Scheme = scheme as (typeof properties)[string]; // any JSON
  const document = { Resources: resources, Parameters: { Scheme: { Type: 'String' } } };
  return prove([{ name: 'stack', document }]).findings.find(
    ({ destination }) => destination === 'callers from elsewhere',
  )?.verdict;
}

test.each([
  ['internal', 'closed'],
  ['internet-facing', 'open'],
  // CloudFormation's own default.
  [undefined, 'open'],
  [{ Ref: 'Scheme' }, 'unproven'],
])('a balancer before the proxy with the scheme %j is %s', (scheme, verdict) => {
  expect(callers(scheme)).toBe(verdict);
});
