import { property } from './evaluate';
import type { Workload } from './aws-tasks';
import type { Resource, Templates } from './templates';
import { isList, Reference, Text, type Value } from './value';

/** What stands behind an address. */
export type Behind = 'proxy' | 'other' | 'unknown';

interface Found {
  readonly what: Behind;
  readonly hops: readonly string[];
}

/** Follows an endpoint, endpoint service or load balancer to the workloads behind it. */
export class Window {
  private readonly known = new Map<string, Found>();
  private readonly proxyServices: ReadonlySet<string>;

  constructor(
    private readonly templates: Templates,
    proxies: readonly Workload[],
  ) {
    this.proxyServices = new Set(proxies.flatMap(({ launches }) => launches.map(({ id }) => id)));
  }

  /** What is behind a resource with an address; `hops` are the resources on the way. */
  behind(id: string): Found {
    const known = this.known.get(id);
    if (known) return known;
    const found = this.follow(id);
    this.known.set(id, found);
    return found;
  }

  private follow(id: string): Found {
    const resource = this.templates.find(id);
    if (!resource) return { what: 'unknown', hops: [] };
    if (this.proxyServices.has(id)) return { what: 'proxy', hops: [] };
    switch (resource.type) {
      case 'AWS::EC2::VPCEndpoint':
        return this.behindEndpoint(resource);
      case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
        return this.behindBalancer(resource);
      default:
        return { what: 'other', hops: [] };
    }
  }

  private behindEndpoint({ properties }: Resource): Found {
    const service = referredIn(property(properties, 'ServiceName'), this.templates);
    if (service?.type !== 'AWS::EC2::VPCEndpointService') return { what: 'unknown', hops: [] };
    const balancers = ['NetworkLoadBalancerArns', 'GatewayLoadBalancerArns'].flatMap((name) =>
      list(property(service.properties, name)),
    );
    const found = balancers
      .map((value) => this.templates.referred(value))
      .map((one) => (one ? this.behind(one.id) : undefined));
    const hops = [service.id, ...balancers.flatMap((value) => this.templates.referred(value)?.id ?? [])];
    if (found.length > 0 && found.every((one) => one?.what === 'proxy'))
      return { what: 'proxy', hops: [...new Set([...hops, ...found.flatMap((one) => one?.hops ?? [])])] };
    return { what: found.some((one) => one?.what === 'other') ? 'other' : 'unknown', hops };
  }

  private behindBalancer({ id }: Resource): Found {
    const listeners = this.templates
      .ofType('AWS::ElasticLoadBalancingV2::Listener')
      .filter(({ properties }) => this.templates.referred(property(properties, 'LoadBalancerArn'))?.id === id);
    const groups = listeners.flatMap(({ properties }) => [
      ...this.targetGroups(property(properties, 'DefaultActions')),
    ]);
    const rules = this.templates.ofType('AWS::ElasticLoadBalancingV2::ListenerRule').filter(({ properties }) => {
      const listener = this.templates.referred(property(properties, 'ListenerArn'));
      return listeners.some((one) => one.id === listener?.id);
    });
    const all = [
      ...groups,
      ...rules.flatMap(({ properties }) => [...this.targetGroups(property(properties, 'Actions'))]),
    ];
    if (all.length === 0) return { what: listeners.length === 0 ? 'other' : 'unknown', hops: [] };
    const services = all.map((group) => (group ? this.membersOf(group) : undefined));
    if (
      services.every(
        (members) => members && members.length > 0 && members.every((member) => this.proxyServices.has(member)),
      )
    )
      return { what: 'proxy', hops: [...new Set(services.flatMap((members) => members ?? []))] };
    return { what: services.includes(undefined) ? 'unknown' : 'other', hops: [] };
  }

  private *targetGroups(actions: Value | undefined): Generator<Resource | undefined> {
    for (const action of list(actions)) {
      const direct = property(action, 'TargetGroupArn');
      if (direct !== undefined) yield this.templates.referred(direct);
      for (const weighted of list(property(action, 'ForwardConfig', 'TargetGroups')))
        yield this.templates.referred(property(weighted, 'TargetGroupArn'));
    }
  }

  /** Services and addresses behind a target group. */
  private membersOf(group: Resource): readonly string[] | undefined {
    const listed = list(property(group.properties, 'Targets'));
    const direct = listed.map((target) => this.templates.referred(property(target, 'Id'))?.id ?? 'an address');
    const services = this.templates
      .ofType('AWS::ECS::Service')
      .filter(({ properties }) =>
        list(property(properties, 'LoadBalancers')).some(
          (one) => this.templates.referred(property(one, 'TargetGroupArn'))?.id === group.id,
        ),
      );
    return [...direct, ...services.map(({ id }) => id)];
  }
}

/** The first resource a value refers to, also inside a text. */
export function referredIn(value: Value | undefined, templates: Templates): Resource | undefined {
  if (!(value instanceof Text)) return templates.referred(value);
  for (const part of value.parts) {
    const found = part instanceof Reference ? templates.referred(part) : undefined;
    if (found) return found;
  }
  return undefined;
}

function list(value: Value | undefined): readonly Value[] {
  return isList(value) ? value : [];
}
