import { property } from './evaluate';
import type { Workload } from './aws-tasks';
import { type Belonging, Belongings } from './belonging';
import { several } from './policy-document';
import type { Resource, Templates } from './templates';
import { isObject, Reference, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/** What stands behind an address. */
export type Behind = 'proxy' | 'other' | 'unknown';

interface Found {
  readonly what: Behind;
  readonly hops: readonly string[];
  /** Something behind it isn't known, whatever else is. */
  readonly unsure?: boolean;
}

/** Follows an endpoint, endpoint service or load balancer to the workloads behind it. */
export class Window {
  private readonly known = new Map<string, Found>();
  private readonly proxyServices: ReadonlySet<string>;
  /** Those that a template may leave out. */
  private readonly perhaps: ReadonlySet<string>;
  private readonly listeners: Belongings;
  private readonly rules: Belongings;
  private readonly members: readonly Belongings[];

  constructor(
    private readonly templates: Templates,
    proxies: readonly Workload[],
  ) {
    const all = proxies.flatMap(({ definition, launches }) =>
      launches.map(({ id, resource }) => ({ id, sure: definition.exists === true && resource.exists === true })),
    );
    this.proxyServices = new Set(all.filter(({ sure }) => sure).map(({ id }) => id));
    this.perhaps = new Set(all.filter(({ sure }) => !sure).map(({ id }) => id));
    const [balancer, listener, group] = [`${ELB}::LoadBalancer`, `${ELB}::Listener`, GROUP];
    this.listeners = new Belongings(templates, listener, 'LoadBalancerArn', balancer);
    this.rules = new Belongings(templates, `${ELB}::ListenerRule`, 'ListenerArn', listener);
    this.members = MEMBERS.map((type) => new Belongings(templates, type, targetGroupsOf, group));
  }

  /** What is behind a resource with an address; `hops` are the resources on the way. */
  behind(id: string): Found {
    const known = this.known.get(id);
    if (known) return known;
    const found = this.follow(id);
    this.known.set(id, found);
    return found;
  }

  /** Whether the proxy is behind it too, for certain or perhaps. */
  leadsToProxy(id: string): Truth {
    const { what, hops, unsure } = this.behind(id);
    if (what === 'proxy' || hops.some((hop) => this.proxyServices.has(hop))) return true;
    const isOpen = what === 'unknown' || unsure || hops.some((hop) => this.perhaps.has(hop));
    return isOpen === true && Unknown.of(`behind(${id})`, `behind ${id} stands nothing of the proxy`);
  }

  private follow(id: string): Found {
    const resource = this.templates.find(id);
    if (!resource) return UNKNOWN;
    if (this.proxyServices.has(id)) return { what: 'proxy', hops: [] };
    switch (resource.type) {
      case 'AWS::EC2::VPCEndpoint':
        return this.behindEndpoint(resource);
      case `${ELB}::LoadBalancer`:
        return this.behindBalancer(resource);
      default:
        return { what: 'other', hops: [] };
    }
  }

  private behindEndpoint({ properties }: Resource): Found {
    const name = property(properties, 'ServiceName');
    const service = referredIn(name, this.templates);
    if (service?.type !== 'AWS::EC2::VPCEndpointService' || unknownIn(name)) return UNKNOWN;
    const balancers = ['NetworkLoadBalancerArns', 'GatewayLoadBalancerArns'].flatMap((listed) =>
      several(property(service.properties, listed)),
    );
    const named = balancers.map((value) => this.templates.referred(value));
    const found = named.map((one) => (one ? this.behind(one.id) : UNKNOWN));
    return {
      what: found.length === 0 ? 'unknown' : worstOf(found),
      hops: [...new Set([service.id, ...named.flatMap((one) => one?.id ?? []), ...found.flatMap(({ hops }) => hops)])],
      unsure: isUnsure(found),
    };
  }

  private behindBalancer({ id }: Resource): Found {
    const listeners = this.listeners.of(id);
    if (listeners.length === 0) return { what: 'other', hops: [] };
    const rules = listeners.flatMap(({ resource }) => this.rules.of(resource.id));
    const found = [
      ...listeners.map((one) => this.forwarded(one, 'DefaultActions')),
      ...rules.map((one) => this.forwarded(one, 'Actions')),
    ].flat();
    // A listener that may not be there, or be another's, decides nothing for certain.
    const sure = listeners.some(({ truth }) => truth === true);
    if (found.length === 0 || !sure) return UNKNOWN;
    return { what: worstOf(found), hops: [...new Set(found.flatMap(({ hops }) => hops))], unsure: isUnsure(found) };
  }

  private forwarded({ resource, truth }: Belonging, name: string): Found[] {
    const groups = several(property(resource.properties, name)).flatMap((action) => [...targets(action)]);
    const found = groups.map((value) => this.membersOf(value));
    return truth === true ? found : found.map((one) => (one.what === 'proxy' ? one : UNKNOWN));
  }

  /** Services and addresses behind a target group. */
  private membersOf(value: Value): Found {
    const group = this.templates.referred(value);
    if (group?.type !== GROUP) return UNKNOWN;
    const direct = several(property(group.properties, 'Targets')).map((target): Found => {
      const named = this.templates.referred(property(target, 'Id'));
      if (named)
        return this.proxyServices.has(named.id) ? { what: 'proxy', hops: [named.id] } : { what: 'other', hops: [] };
      return unknownIn(target) ? UNKNOWN : { what: 'other', hops: [] };
    });
    const members = this.members.flatMap((one) => one.of(group.id));
    const services = members.map(({ resource, truth }): Found => {
      if (this.proxyServices.has(resource.id)) return { what: 'proxy', hops: [resource.id] };
      if (this.perhaps.has(resource.id)) return { what: 'unknown', hops: [resource.id] };
      return truth === true ? { what: 'other', hops: [] } : UNKNOWN;
    });
    const found = [...direct, ...services];
    const sure = members.some(({ truth }) => truth === true);
    if (found.length === 0) return { what: 'other', hops: [] };
    const what = sure || direct.length > 0 ? worstOf(found) : 'unknown';
    return { what, hops: found.flatMap(({ hops }) => hops), unsure: isUnsure(found) };
  }
}

const ELB = 'AWS::ElasticLoadBalancingV2';
const GROUP = `${ELB}::TargetGroup`;
/** Where a service’s load balancer names a target group. */
const REGISTERED = [['TargetGroupArn'], ['AdvancedConfiguration', 'AlternateTargetGroupArn']];
/** What registers itself with a target group. */
const MEMBERS = ['AWS::ECS::Service', 'AWS::ECS::TaskSet', 'AWS::AutoScaling::AutoScalingGroup'];
const UNKNOWN: Found = { what: 'unknown', hops: [] };

/** The proxy only where nothing else can be. */
function worstOf(found: readonly Found[]): Behind {
  if (found.some(({ what }) => what === 'other')) return 'other';
  return found.some(({ what }) => what === 'unknown') ? 'unknown' : 'proxy';
}

function isUnsure(found: readonly Found[]): boolean {
  return found.some(({ what, unsure }) => what === 'unknown' || unsure === true);
}

function targetGroupsOf({ properties }: Resource): Value | undefined {
  const scaled = property(properties, 'TargetGroupARNs');
  if (scaled !== undefined) return scaled;
  const balancers = several(property(properties, 'LoadBalancers'));
  // The second of a deployment in blue and green is a member by turns.
  return balancers.flatMap((one) =>
    isObject(one) ? REGISTERED.flatMap((path) => property(one, ...path) ?? []) : [one],
  );
}

/** What an action forwards to; something unknown where it can't be read. */
function* targets(action: Value): Generator<Value> {
  if (!isObject(action)) return yield action;
  const direct = property(action, 'TargetGroupArn');
  if (direct !== undefined) yield direct;
  const forward = property(action, 'ForwardConfig');
  if (forward !== undefined && !isObject(forward)) yield forward;
  for (const weighted of several(property(forward, 'TargetGroups')))
    yield isObject(weighted) ? (property(weighted, 'TargetGroupArn') ?? null) : weighted;
  const type = property(action, 'Type');
  if (unknownIn(type)) yield type ?? null;
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
