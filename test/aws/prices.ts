import type { Template } from 'aws-cdk-lib/assertions';
import { asObject, type Json, resourcesOf } from './stack';

const HOURS = 730;

/** List prices of us-east-1 in dollars a month: NAT, address, NLB, endpoint of a zone, vCPU and GB of Fargate on x86, secret, key, zone. */
const PRICE = {
  nat: 0.045 * HOURS,
  address: 0.005 * HOURS,
  balancer: 0.0225 * HOURS,
  endpointZone: 0.01 * HOURS,
  vcpu: 0.04048 * HOURS,
  gigabyte: 0.004445 * HOURS,
  secret: 0.4,
  key: 1,
  zone: 0.5,
};

/** What a template costs a month without traffic and without runs of agents: a row a kind, in dollars. */
export function monthly(template: Template): Readonly<Record<string, number>> {
  const count = (type: string) => resourcesOf(template, type).length;
  const interfaces = resourcesOf(template, 'AWS::EC2::VPCEndpoint').filter(
    ({ Properties }) => Properties.VpcEndpointType === 'Interface',
  );
  const window = (name: Json | undefined) => JSON.stringify(name).includes('EndpointService');
  const zones = (list: typeof interfaces) =>
    list.reduce(
      (sum, { Properties }) => sum + (Array.isArray(Properties.SubnetIds) ? Properties.SubnetIds.length : 0),
      0,
    );
  const windows = interfaces.filter(({ Properties }) => window(Properties.ServiceName));
  const services = interfaces.filter(({ Properties }) => !window(Properties.ServiceName));
  const rows = {
    'NAT and its address': count('AWS::EC2::NatGateway') * (PRICE.nat + PRICE.address),
    'load balancers': count('AWS::ElasticLoadBalancingV2::LoadBalancer') * PRICE.balancer,
    'tasks that always run': tasks(template),
    'endpoints of AWS services': zones(services) * PRICE.endpointZone,
    'endpoints of PrivateLink': zones(windows) * PRICE.endpointZone,
    secrets: count('AWS::SecretsManager::Secret') * PRICE.secret,
    'private zones': count('AWS::Route53::HostedZone') * PRICE.zone,
  };
  return Object.fromEntries(Object.entries(rows).map(([name, value]) => [name, Math.round(value * 100) / 100]));
}

/** The sum of rows, to the cent. */
export function sumOf(rows: Readonly<Record<string, number>>): number {
  return Math.round(Object.values(rows).reduce((sum, value) => sum + value, 0) * 100) / 100;
}

function tasks(template: Template): number {
  const definitions = template.findResources('AWS::ECS::TaskDefinition');
  return resourcesOf(template, 'AWS::ECS::Service').reduce((sum, { Properties }) => {
    const id = String(asObject(Properties.TaskDefinition).Ref);
    // The library types a template loosely.
    const { Cpu, Memory } = (definitions[id] as { Properties: { Cpu: string; Memory: string } }).Properties;
    const one = (Number(Cpu) / 1024) * PRICE.vcpu + (Number(Memory) / 1024) * PRICE.gigabyte;
    return sum + Number(Properties.DesiredCount) * one;
  }, 0);
}
