import type { Groups } from './aws-groups';
import { networkOf } from './aws-network-of';
import type { Segments } from './aws-segments';
import { property } from './evaluate';
import type { Group, Interface } from './model';
import type { Resource, Templates } from './templates';
import { isList, isObject, Reference, shown, unknownIn, type Value } from './value';

interface Reading {
  readonly templates: Templates;
  readonly groups: Groups;
  readonly segments: Segments;
}

/** Types that hold groups without an interface of their own, or whose interface another reader makes. */
const NO_INTERFACE: ReadonlySet<string> = new Set([
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::SecurityGroupVpcAssociation',
  'AWS::EC2::VPCEndpoint',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::StepFunctions::StateMachine',
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::Pipes::Pipe',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Role',
  'AWS::SSM::Parameter',
  'Custom::VpcRestrictDefaultSG',
]);

/** Types that listen, or connect, under the network's default group where they name none. */
const LISTENING: ReadonlySet<string> = new Set([
  // Who comes in by them has their groups.
  'AWS::EC2::ClientVpnTargetNetworkAssociation',
  'AWS::EC2::InstanceConnectEndpoint',
  'AWS::EC2::Instance',
  'AWS::EC2::NetworkInterface',
  'AWS::ECS::Service',
  'AWS::ECS::TaskSet',
  'AWS::EFS::MountTarget',
  'AWS::Lambda::Function',
]);

/** Everything in the templates with an address in a network: endpoints, load balancers, and whatever else holds a group. */
export function readInterfaces(reading: Reading): readonly Interface[] {
  const { templates } = reading;
  return [
    ...templates.ofType('AWS::EC2::VPCEndpoint').flatMap((resource) => endpoint(resource, reading)),
    ...templates.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer').map((resource) => balancer(resource, reading)),
    ...templates.resources
      .filter(({ type }) => !NO_INTERFACE.has(type))
      .flatMap((resource) => holder(resource, reading)),
  ];
}

function endpoint(resource: Resource, reading: Reading): Interface[] {
  const { id, properties } = resource;
  const type = property(properties, 'VpcEndpointType') ?? 'Gateway';
  if (type === 'Gateway') return [];
  const vpc = property(properties, 'VpcId');
  const network = networkOf(vpc, reading.templates);
  const named = values(property(properties, 'SecurityGroupIds'));
  return [
    {
      id,
      kind: 'endpoint',
      what: `endpoint ${shown(property(properties, 'ServiceName'))}`,
      networks: unknownIn(vpc) ? [] : [network],
      segments: values(property(properties, 'SubnetIds')).map((subnet) => reading.segments.of(subnet)),
      groups: named.length > 0 ? named.map((group) => reading.groups.of(group)) : [reading.groups.defaultOf(network)],
    },
  ];
}

function balancer({ id, properties }: Resource, reading: Reading): Interface {
  const mapped = values(property(properties, 'SubnetMappings')).flatMap((one) => property(one, 'SubnetId') ?? []);
  const segments = [...values(property(properties, 'Subnets')), ...mapped].map((subnet) => reading.segments.of(subnet));
  const networks = [...new Set(segments.map(({ network }) => network))];
  const type = property(properties, 'Type') ?? 'application';
  const named = values(property(properties, 'SecurityGroups'));
  // A network load balancer without a group admits everything; an application one takes the default group.
  const none = type === 'network' ? [] : networks.map((network) => reading.groups.defaultOf(network));
  return {
    id,
    kind: 'balancer',
    what: `${shown(type)} load balancer`,
    networks,
    segments,
    groups: named.length > 0 ? named.map((group) => reading.groups.of(group)) : none,
  };
}

/** Any resource that puts something under a group, or into a subnet under the network's default group. */
function holder({ id, type, properties }: Resource, { templates, groups, segments }: Reading): Interface[] {
  const held = new Map<string, Group>();
  for (const value of groupValues(properties, templates)) {
    const group = groups.of(value);
    held.set(group.key, group);
  }
  const placed = LISTENING.has(type) ? [...subnetValues(properties, templates)].map((value) => segments.of(value)) : [];
  const named = [...held.keys()].flatMap((key) => {
    const vpc = property(templates.find(key)?.properties, 'VpcId');
    return vpc === undefined || unknownIn(vpc) ? [] : [networkOf(vpc, templates)];
  });
  const networks = [...new Set([...named, ...placed.map(({ network }) => network)])];
  if (held.size > 0) return [{ id, kind: 'other', what: type, networks, segments: [], groups: [...held.values()] }];
  if (placed.length === 0) return [];
  return [
    { id, kind: 'other', what: type, networks, segments: placed, groups: networks.map((one) => groups.defaultOf(one)) },
  ];
}

/** Values that name groups: references to one wherever they stand, and what else stands where a group is expected. */
function* groupValues(value: Value, templates: Templates, expected = false): Generator<Value> {
  if (isList(value)) for (const one of value) yield* groupValues(one, templates, expected);
  else if (isObject(value))
    for (const [name, inner] of Object.entries(value))
      yield* groupValues(inner, templates, /securitygroup|^groupset$|^networkinterfaces$/i.test(name));
  else if (isGroup(value, templates) || (expected && isNamed(value))) yield value;
}

function isGroup(value: Value, templates: Templates): boolean {
  if (!(value instanceof Reference)) return false;
  return templates.referred(value)?.type === 'AWS::EC2::SecurityGroup' || value.attribute === 'DefaultSecurityGroup';
}

function isNamed(value: Value): boolean {
  return unknownIn(value) !== undefined || (typeof value === 'string' && value.startsWith('sg-'));
}

function* subnetValues(value: Value, templates: Templates): Generator<Value> {
  if (isList(value)) for (const one of value) yield* subnetValues(one, templates);
  else if (isObject(value)) for (const inner of Object.values(value)) yield* subnetValues(inner, templates);
  else if (templates.referred(value)?.type === 'AWS::EC2::Subnet') yield value;
}

function values(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : value === undefined ? [] : [value];
}
