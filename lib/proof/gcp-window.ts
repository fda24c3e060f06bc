import type { GcpWorkload } from './gcp-workloads';
import type { Named, Names } from './gcp-names';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { blocks, setting } from './terraform-blocks';
import { isList, Unknown, type Value } from './value';

const RULES = ['google_compute_forwarding_rule', 'google_compute_global_forwarding_rule'];
const BACKENDS = ['google_compute_region_backend_service', 'google_compute_backend_service'];
const MANAGERS = ['google_compute_region_instance_group_manager', 'google_compute_instance_group_manager'];
const TEMPLATES = ['google_compute_region_instance_template', 'google_compute_instance_template'];

/** What stands behind an address. */
export interface Behind {
  readonly what: 'proxy' | 'other' | 'unknown' | 'google';
  /** From the address to the machines. */
  readonly hops: readonly string[];
  readonly proxies: readonly string[];
}

const UNKNOWN: Behind = { what: 'unknown', hops: [], proxies: [] };

/** Follows addresses to the machines behind them, through Private Service Connect and load balancers. */
export class GcpWindow {
  private readonly proxies: ReadonlySet<string>;

  constructor(
    private readonly terraform: Terraform,
    private readonly names: Names,
    proxies: readonly GcpWorkload[],
  ) {
    this.proxies = new Set(proxies.map(({ id }) => id));
  }

  /** What a forwarding rule leads to. */
  behind(rule: Resource): Behind {
    return this.ofRule(rule, new Set());
  }

  private ofRule(rule: Resource, seen: ReadonlySet<string>): Behind {
    if (seen.has(rule.id)) return UNKNOWN;
    const passed = new Set([...seen, rule.id]);
    const { properties } = rule;
    const target = setting(properties, 'target');
    const backend = setting(properties, 'backend_service');
    const written = [target, backend].filter((one) => one !== undefined && !isUnset(one));
    const [only, second] = written;
    if (second !== undefined || only === undefined) return UNKNOWN;
    if (only === 'all-apis' || only === 'vpc-sc') return { what: 'google', hops: [], proxies: [] };
    if (only === backend) return this.ofBackend(this.names.find(backend, ...BACKENDS));
    const attachment = this.names.find(target, 'google_compute_service_attachment');
    if (attachment.kind !== 'resource')
      return { ...UNKNOWN, what: attachment.kind === 'foreign' ? 'other' : 'unknown' };
    const served = this.names.find(setting(attachment.resource.properties, 'target_service'), ...RULES);
    if (served.kind !== 'resource') return UNKNOWN;
    const found = this.ofRule(served.resource, passed);
    return { ...found, hops: [attachment.id, served.id, ...found.hops] };
  }

  private ofBackend(named: Named): Behind {
    if (named.kind !== 'resource') return UNKNOWN;
    const listed = setting(named.resource.properties, 'backend');
    const parts = blocks(listed);
    if (parts.length === 0) return UNKNOWN;
    const found = parts.map((one) => (one instanceof Unknown ? UNKNOWN : this.ofGroup(setting(one, 'group'))));
    return { ...together(found), hops: [named.id, ...found.flatMap(({ hops }) => hops)] };
  }

  private ofGroup(value: Value | undefined): Behind {
    const group = this.names.find(value, ...MANAGERS, 'google_compute_instance_group');
    if (group.kind !== 'resource') return UNKNOWN;
    const { properties, type } = group.resource;
    const managed = MANAGERS.includes(type);
    const listed = managed ? setting(properties, 'version') : setting(properties, 'instances');
    const members = isList(listed) || listed === undefined ? blocks(listed) : [listed];
    if (members.length === 0) return UNKNOWN;
    const found = members.map((one): Behind => {
      const value_ = managed && !(one instanceof Unknown) ? setting(one, 'instance_template') : one;
      const machine = managed
        ? this.names.find(value_, ...TEMPLATES)
        : this.names.find(value_, 'google_compute_instance');
      if (machine.kind !== 'resource') return UNKNOWN;
      const proxy = this.proxies.has(machine.id);
      return { what: proxy ? 'proxy' : 'other', hops: [machine.id], proxies: proxy ? [machine.id] : [] };
    });
    return { ...together(found), hops: [group.id, ...found.flatMap(({ hops }) => hops)] };
  }

  /** Every forwarding rule. */
  rules(): readonly Resource[] {
    return this.terraform.ofType(...RULES);
  }
}

/** Only where all of it is the proxy, it is the proxy. */
function together(found: readonly Behind[]): Pick<Behind, 'what' | 'proxies'> {
  const proxies = [...new Set(found.flatMap((one) => one.proxies))];
  const [first] = found;
  if (first && found.every(({ what }) => what === first.what)) return { what: first.what, proxies };
  return { what: found.some(({ what }) => what === 'unknown') ? 'unknown' : 'other', proxies };
}

function isUnset(value: Value): boolean {
  return value instanceof Unknown && value.facts.every(({ id }) => id.startsWith('computed('));
}
