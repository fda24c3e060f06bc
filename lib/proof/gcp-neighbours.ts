import { contains, EVERY_IPV4, EVERY_IPV6, overlaps, parseRange, type Range } from './address';
import type { Candidate } from './claim';
import type { Attachment } from './gcp-attachment';
import type { Passed } from './gcp-firewall';
import type { Subnet } from './gcp-networks';
import type { GcpModel } from './gcp-model';
import type { GcpWorkload } from './gcp-workloads';
import { oncePer } from './once-per';
import { EVERY_PORT, EVERY_PROTOCOL, intersect, type Packets, subtractAll } from './packets';
import type { Hop } from './report';
import type { Resource } from './templates';
import { setting } from './terraform-blocks';
import { and, type Truth, Unknown, unknownIn, type Value } from './value';

/** Something with an address in the network of a workload, and the ways to it. */
export interface Neighbour {
  readonly id: string;
  readonly what: 'proxy' | 'other' | 'unknown' | 'google';
  /** In reports. */
  readonly shown: string;
  readonly ways: readonly Pick<Candidate, 'truth' | 'path' | 'change'>[];
  /** What stands behind it. */
  readonly hops: readonly string[];
  readonly proxies: readonly string[];
}

/** Everything that listens in the networks of a workload and that it can send a packet to. */
export function neighboursOf(model: GcpModel, workload: GcpWorkload): readonly Neighbour[] {
  return ofModel(model)(workload);
}

const ofModel = oncePer((model: GcpModel) => oncePer((workload: GcpWorkload) => work(model, workload)));

function work(model: GcpModel, workload: GcpWorkload): readonly Neighbour[] {
  return workload.attachments.flatMap((attachment) => {
    const passed = model.firewall.passed(attachment, 'EGRESS');
    return [...listeners(model, attachment, passed), ...members(model, workload, attachment, passed)].filter(
      ({ ways }) => ways.length > 0,
    );
  });
}

/** Addresses of load balancers and of Private Service Connect. */
function listeners(model: GcpModel, from: Attachment, passed: readonly Passed[]): Neighbour[] {
  return model.window.rules().flatMap((rule): Neighbour[] => {
    const { id, properties, exists } = rule;
    const scheme = setting(properties, 'load_balancing_scheme');
    // Left out it is EXTERNAL: an address of the internet, not of a network.
    if (scheme === undefined || (typeof scheme === 'string' && scheme.startsWith('EXTERNAL'))) return [];
    const here = and(exists, unknownIn(scheme) ?? true, inNetwork(model, properties, from));
    if (here === false) return [];
    const { what, hops, proxies } = model.window.behind(rule);
    const end: Hop = { id, by: what === 'google' ? 'target' : 'ip_address' };
    const ways = waysTo(from, passed, addressOf(model, rule), here, end, reserved(model, from, id));
    const shown = what === 'google' ? 'Google’s APIs' : 'an address of its network';
    return [{ id, what, shown, ways, hops, proxies }];
  });
}

function inNetwork(model: GcpModel, properties: Value, from: Attachment): Truth {
  const network = setting(properties, 'network');
  const subnetwork = setting(properties, 'subnetwork');
  if (network !== undefined && !(network instanceof Unknown))
    return model.networks.isNetwork(network, from.network, properties);
  if (subnetwork !== undefined && !(subnetwork instanceof Unknown))
    return model.networks.same(model.networks.subnet(subnetwork).network, from.network);
  return (
    unknownIn(network) ??
    unknownIn(subnetwork) ??
    Unknown.of('network(default)', 'what names no network is not in this one')
  );
}

/** Machines, and workloads of Cloud Run that take connections. */
function members(model: GcpModel, workload: GcpWorkload, from: Attachment, passed: readonly Passed[]): Neighbour[] {
  const everyone = [...model.agents, ...model.proxies, ...model.others].filter(
    ({ form }) => form === 'machine' || form === 'workerPool',
  );
  return everyone.flatMap((other) => [
    ...unplaced(model, other, from, passed),
    ...other.attachments.flatMap((to): Neighbour[] => {
      const here = and(other.resource.exists, model.networks.same(to.network, from.network));
      if (here === false) return [];
      const admitted = admissions(model, to, from);
      const written = setting(other.template, 'network_interface');
      const aliases = setting(written, 'alias_ip_range') !== undefined;
      const literal = aliases ? undefined : parseAddress(setting(written, 'network_ip'));
      const ranges = [...(literal ?? (aliases ? [] : (to.subnet?.ranges ?? []))), ...inIpv6(to.subnet)];
      const own = other.id === workload.id;
      const kind = other.kind === 'proxy' ? 'proxy' : 'other';
      const shown = own ? 'other copies of it' : `${other.kind === 'proxy' ? 'the proxy’s machines' : other.id}`;
      const ways = waysTo(
        from,
        passed,
        { ranges, exact: literal !== undefined && ranges.length === literal.length },
        here,
        { id: other.id, by: to.by },
        reserved(model, from, other.id),
      );
      const both = ways.flatMap((way) =>
        admitted.map((one) => ({
          ...way,
          truth: and(way.truth, one.truth),
          path: [...way.path.slice(0, -1), one.hop, ...way.path.slice(-1)],
        })),
      );
      return [
        { id: other.id, what: kind, shown, ways: both, hops: [], proxies: other.kind === 'proxy' ? [other.id] : [] },
      ];
    }),
  ]);
}

/** One whose interfaces aren't known may have one here, at any address that nobody else has. */
function unplaced(model: GcpModel, other: GcpWorkload, from: Attachment, passed: readonly Passed[]): Neighbour[] {
  if (!other.placement || other.attachments.length > 0) return [];
  const where = { ranges: [], exact: false };
  const end = { id: other.id, by: 'where it is placed' };
  const ways = waysTo(from, passed, where, other.placement, end, reserved(model, from, other.id));
  return [{ id: other.id, what: 'other', shown: other.id, ways, hops: [], proxies: [] }];
}

function admissions(model: GcpModel, to: Attachment, from: Attachment): { truth: Truth; hop: Hop }[] {
  const own = from.anySource ? [] : (from.subnet?.ranges ?? []);
  const ranges = own.length > 0 ? [...own, ...inIpv6(from.subnet)] : [];
  return model.firewall
    .passed(to, 'INGRESS')
    .filter(({ packets }) => ranges.length === 0 || ranges.some((range) => overlaps(range, packets.addresses)))
    .map(({ truth, hop }) => ({ truth, hop }));
}

interface Where {
  readonly ranges: readonly Range[];
  /** Whether its address is known, not only the range it is from. */
  readonly exact: boolean;
}

function addressOf(model: GcpModel, { properties }: Resource): Where {
  const written = setting(properties, 'ip_address');
  const literal = parseAddress(written) ?? parseAddress(reservedAddress(model, written));
  if (literal) return { ranges: literal, exact: true };
  const subnet = setting(properties, 'subnetwork');
  const found = subnet === undefined ? undefined : model.networks.subnet(subnet);
  return { ranges: found && found.ranges.length > 0 ? [...found.ranges, ...inIpv6(found)] : [], exact: false };
}

/** The platform chooses the addresses that a subnet has in IPv6. */
function inIpv6(subnet: Subnet | undefined): readonly Range[] {
  return !subnet || subnet.hasIpv6 === false || subnet.ranges.length === 0 ? [] : [EVERY_IPV6];
}

function reservedAddress(model: GcpModel, value: Value | undefined): Value | undefined {
  const named = model.names.find(value, 'google_compute_address', 'google_compute_global_address');
  return named.kind === 'resource' ? setting(named.resource.properties, 'address') : undefined;
}

function parseAddress(value: Value | undefined): readonly Range[] | undefined {
  const range = typeof value === 'string' && !value.includes('/') ? parseRange(value) : undefined;
  return range ? [range] : undefined;
}

/** Addresses of its network that others have for certain: nothing else can. */
function reserved(model: GcpModel, from: Attachment, but: string): readonly Range[] {
  return model.window.rules().flatMap((rule) => {
    const where = addressOf(model, rule);
    const sure = where.exact && rule.exists === true && inNetwork(model, rule.properties, from) === true;
    return sure && rule.id !== but ? where.ranges : [];
  });
}

function waysTo(
  from: Attachment,
  passed: readonly Passed[],
  where: Where,
  here: Truth,
  end: Hop,
  taken: readonly Range[],
): Neighbour['ways'] {
  const ranges = where.ranges.length > 0 ? where.ranges : [EVERY_IPV4, EVERY_IPV6];
  return passed.flatMap(({ packets, truth, hop, change }) => {
    const free = subtractAll(
      [packets],
      where.exact
        ? []
        : taken.map((addresses): Packets => ({ addresses, protocols: EVERY_PROTOCOL, ports: EVERY_PORT })),
    );
    const met = ranges.filter((range) =>
      free.some((set) => intersect(set, { addresses: range, protocols: EVERY_PROTOCOL, ports: EVERY_PORT })),
    );
    if (met.length === 0) return [];
    const whole =
      where.exact || (where.ranges.length > 0 && where.ranges.every((range) => contains(packets.addresses, range)));
    const placed: Truth = whole
      ? true
      : Unknown.of(`address(${end.id})`, `${end.id} has no address that ${from.id} may reach`);
    return [{ truth: and(here, truth, placed), path: [{ id: from.id, by: from.by }, hop, end], change }];
  });
}
