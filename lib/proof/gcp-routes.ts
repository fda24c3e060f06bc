import { EVERY_IPV4, EVERY_IPV6, parseRange, type Range } from './address';
import { type Attachment, hasTag } from './gcp-attachment';
import type { Named, Names } from './gcp-names';
import type { Networks } from './gcp-networks';
import type { Hop } from './report';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** A way that packets of a network take out of it. */
export interface Route {
  readonly hop: Hop;
  readonly range: Range;
  readonly target:
    | { readonly kind: 'internet' }
    /** Another network; `what` names it in reports. */
    | { readonly kind: 'beyond'; readonly what: string };
  readonly truth: Truth;
  readonly change: string;
}

/** Routes of networks, and translations that stand before the internet. */
export class Routes {
  constructor(
    private readonly terraform: Terraform,
    private readonly networks: Networks,
    private readonly names: Names,
  ) {}

  of(attachment: Attachment): readonly Route[] {
    const { network } = attachment;
    return [...this.defaults(network), ...this.written(attachment), ...this.joined(network), ...this.tunnels(network)];
  }

  /** Whether packets of an interface are translated to addresses of the internet, or have such addresses. */
  publicly(attachment: Attachment, family: 4 | 6): { truth: Truth; hops: readonly Hop[] } {
    const direct = family === 4 ? attachment.publicIpv4 : attachment.publicIpv6;
    const by = family === 4 ? 'a public address' : 'a public IPv6 address';
    if (direct === true) return { truth: true, hops: [{ id: attachment.id, by: `${attachment.by}, ${by}` }] };
    const { id, kind } = attachment.network;
    const elsewhere = Unknown.of(`nat(${id})`, `nothing that no document holds translates for ${id}`);
    const translated = [
      ...this.translations(attachment, family),
      ...(kind === 'resource' ? [] : [{ truth: elsewhere, hop: { id, by: 'a translation not in the documents' } }]),
    ];
    const sure = translated.find(({ truth }) => truth === true) ?? translated[0];
    return { truth: or(direct, ...translated.map(({ truth }) => truth)), hops: sure ? [sure.hop] : [] };
  }

  private translations({ network, subnet }: Attachment, family: 4 | 6): { truth: Truth; hop: Hop }[] {
    return this.terraform.ofType('google_compute_router_nat').flatMap(({ id, properties, exists }) => {
      const router = this.names.within(properties, setting(properties, 'router'), 'google_compute_router');
      const here = this.routerIn(router, network);
      const [mode, list] =
        family === 4
          ? ['source_subnetwork_ip_ranges_to_nat', 'subnetwork']
          : ['source_subnetwork_ip_ranges_to_nat64', 'nat64_subnetwork'];
      const covers = this.covers(setting(properties, mode), blocks(setting(properties, list)), subnet?.id, id);
      const kind = setting(properties, 'type');
      const isPublic: Truth = kind === undefined ? true : (unknownIn(kind) ?? kind !== 'PRIVATE');
      const truth = and(here, covers, isPublic, exists);
      return truth === false ? [] : [{ truth, hop: { id, by: mode } }];
    });
  }

  private covers(mode: Value | undefined, listed: readonly Value[], subnet: string | undefined, id: string): Truth {
    if (mode === undefined) return false;
    const unknown = unknownIn(mode);
    if (unknown) return unknown;
    if (!/^LIST_OF/.test(String(keyOf(mode)))) return true;
    if (subnet === undefined) return Unknown.of(`nat(${id})`, `${id} translates nothing for the agent’s subnet`);
    return or(
      ...listed.map((one): Truth => {
        const named = one instanceof Unknown ? undefined : this.networks.subnet(setting(one, 'name'));
        if (!named) return one instanceof Unknown ? one : false;
        if (named.id === subnet) return true;
        if (named.resource) return false;
        // One that only is named is another, but for a name that may be of several.
        return named.foreign ? false : named.googleAccess;
      }),
    );
  }

  private routerIn(router: Named, network: Named): Truth {
    if (router.kind === 'unknown') return router.unknown;
    if (router.kind === 'foreign')
      return Unknown.of(
        `router(${router.id})`,
        `the router ${router.id}, which no document holds, is of another network`,
      );
    const { properties } = router.resource;
    return this.networks.isNetwork(setting(properties, 'network'), network, properties);
  }

  /** The routes a network is made with: they go only where it is said at creation. */
  private defaults(network: Named): Route[] {
    const change = `set delete_default_routes_on_create of ${network.id} to true, and remove the routes it has`;
    const internet = (range: Range, truth: Truth, by: string): Route[] =>
      truth === false ? [] : [{ hop: { id: network.id, by }, range, target: { kind: 'internet' }, truth, change }];
    if (network.kind !== 'resource') {
      const truth =
        network.kind === 'unknown'
          ? network.unknown
          : Unknown.of(`routes(${network.id})`, `${network.id}, which no document holds, has no route out`);
      return [
        ...internet(EVERY_IPV4, truth, 'routes not in the documents'),
        ...internet(EVERY_IPV6, truth, 'routes not in the documents'),
      ];
    }
    const deleted = setting(network.resource.properties, 'delete_default_routes_on_create');
    const truth: Truth = deleted === undefined ? true : (unknownIn(deleted) ?? String(keyOf(deleted)) !== 'true');
    const by = 'the default route it is made with';
    const ipv6 = or(...this.networks.subnetsOf(network.id).map(({ publicIpv6 }) => publicIpv6));
    return [...internet(EVERY_IPV4, truth, by), ...internet(EVERY_IPV6, and(truth, ipv6), by)];
  }

  private written(attachment: Attachment): Route[] {
    return this.terraform.ofType('google_compute_route').flatMap((route): Route[] => {
      const { id, properties } = route;
      const here = this.networks.isNetwork(setting(properties, 'network'), attachment.network, properties);
      const truth = and(here, route.exists, tagged(setting(properties, 'tags'), attachment));
      if (truth === false) return [];
      return destinations(setting(properties, 'dest_range'), id).map(({ range, truth: known }) => ({
        ...hopOf(route),
        range,
        truth: and(truth, known, leads(properties, id)),
        change: `remove ${id}, or give it tags that the agent doesn’t have`,
      }));
    });
  }

  /** Networks joined by peering exchange their subnets, whatever the routes say. */
  private joined(network: Named): Route[] {
    return this.terraform
      .ofType('google_compute_network_peering', 'google_service_networking_connection')
      .flatMap(({ id, type, properties, exists }) => {
        const service = type === 'google_service_networking_connection';
        const peer = service ? setting(properties, 'service') : setting(properties, 'peer_network');
        const own = this.networks.isNetwork(setting(properties, 'network'), network, properties);
        const truth = and(exists, or(own, service ? false : this.fromOtherSide(id, peer, network)));
        if (truth === false) return [];
        const what = service ? `the services of ${shown(peer)}` : `the network ${this.networks.of(peer).id}`;
        return anywhere({
          hop: { id, by: service ? 'network' : 'peer_network' },
          target: { kind: 'beyond', what },
          truth,
          change: `remove ${id}`,
        });
      });
  }

  /** A peering needs a half of each side; the other one may stand in no document. */
  private fromOtherSide(id: string, peer: Value | undefined, network: Named): Truth {
    const half = Unknown.of(`peering(${id})`, `the network that ${id} joins has no peering of its own with it`);
    return and(this.networks.isNetwork(peer, network), half);
  }

  /** VPN and Interconnect: routers learn routes that no document holds. */
  private tunnels(network: Named): Route[] {
    const found = [
      ...this.ends('google_compute_vpn_gateway', 'network', network),
      ...this.ends('google_compute_ha_vpn_gateway', 'network', network),
      ...this.ends('google_network_connectivity_spoke', 'linked_vpc_network', network),
      ...this.terraform
        .ofType(
          'google_compute_interconnect_attachment',
          'google_compute_vpn_tunnel',
          'google_compute_router_peer',
          'google_compute_router_interface',
        )
        .flatMap(({ id, properties, exists }) => {
          const named = setting(properties, 'router');
          // A classic tunnel has none: a route leads to it.
          if (named === undefined || isComputed(named)) return [];
          const truth = and(
            exists,
            this.routerIn(this.names.within(properties, named, 'google_compute_router'), network),
          );
          return truth === false ? [] : [{ id, truth, by: 'router' }];
        }),
    ];
    return found.flatMap(({ id, truth, by }) =>
      anywhere({
        hop: { id, by },
        target: { kind: 'beyond', what: `another network, by ${id}` },
        truth,
        change: `remove ${id}`,
      }),
    );
  }

  private ends(type: string, key: string, network: Named): { id: string; truth: Truth; by: string }[] {
    return this.terraform.ofType(type).flatMap(({ id, properties, exists }) => {
      const value = setting(properties, key);
      const inner = key === 'network' ? value : setting(value, 'uri');
      if (inner === undefined)
        return key === 'network'
          ? []
          : [{ id, by: type, truth: Unknown.of(`spoke(${id})`, `${id} joins ${network.id} to nothing`) }];
      const truth = and(exists, this.networks.isNetwork(inner, network));
      return truth === false ? [] : [{ id, truth, by: key }];
    });
  }
}

function anywhere(route: Omit<Route, 'range'>): Route[] {
  return [EVERY_IPV4, EVERY_IPV6].map((range) => ({ ...route, range }));
}

/** A route without tags is for everyone of the network. */
function tagged(value: Value | undefined, attachment: Attachment): Truth {
  const listed = value instanceof Unknown ? [value] : blocks(value);
  if (listed.length === 0) return true;
  return or(...listed.map((tag) => hasTag(tag, attachment)));
}

function destinations(value: Value | undefined, id: string): { range: Range; truth: Truth }[] {
  const range = typeof value === 'string' ? parseRange(value) : undefined;
  if (range) return [{ range, truth: true }];
  const truth =
    unknownIn(value) ?? Unknown.of(`malformed(${id}.dest_range)`, `dest_range of ${id} can be read and leads nowhere`);
  return [EVERY_IPV4, EVERY_IPV6].map((every) => ({ range: every, truth }));
}

const HOPS = ['next_hop_gateway', 'next_hop_instance', 'next_hop_ip', 'next_hop_ilb', 'next_hop_vpn_tunnel'];

function hopOf({ id, properties }: Resource): Pick<Route, 'hop' | 'target'> {
  const by =
    HOPS.find((key) => setting(properties, key) !== undefined && !isComputed(setting(properties, key))) ?? 'next_hop';
  if (by === 'next_hop_gateway') return { hop: { id, by }, target: { kind: 'internet' } };
  return { hop: { id, by }, target: { kind: 'beyond', what: `what ${shown(setting(properties, by))} leads to` } };
}

/** Of a machine that forwards nobody knows to where. */
function leads(properties: Value, id: string): Truth {
  const gateway = setting(properties, 'next_hop_gateway');
  if (typeof gateway === 'string') return true;
  if (
    setting(properties, 'next_hop_vpn_tunnel') !== undefined &&
    !isComputed(setting(properties, 'next_hop_vpn_tunnel'))
  )
    return true;
  return Unknown.of(`forwards(${id})`, `what ${id} leads to forwards nothing`);
}

function isComputed(value: Value | undefined): boolean {
  return value instanceof Unknown && value.facts.some(({ id }) => id.startsWith('computed('));
}
