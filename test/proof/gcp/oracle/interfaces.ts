import { fields, list, type Properties } from '../../oracle/world';
import type { Interface } from './firewall';
import { block, blocksOf, find, ofType, type Resource, type World } from './world';

const RUN = ['google_cloud_run_v2_job', 'google_cloud_run_v2_service', 'google_cloud_run_v2_worker_pool'];

/** The one resource that is marked as the agent. */
export function agentOf(world: World): Resource | undefined {
  return ofType(world, ...RUN).find(({ properties }) => fields(properties.labels)['anchorhold-workload'] === 'agent');
}

/** Where containers, account and network of a Cloud Run resource stand. */
export function templateOf({ type, properties }: Resource): Properties {
  const outer = block(properties.template);
  return type === RUN[0] ? block(outer.template) : outer;
}

/** Whether packets to the internet, and names, go past the network: left out, only private ranges go into it. */
export function isStraight(resource: Resource): boolean {
  return block(templateOf(resource).vpc_access).egress !== 'ALL_TRAFFIC';
}

/** Whether it hands its packets to a connector of another document. */
export function hasConnector(resource: Resource): boolean {
  return block(templateOf(resource).vpc_access).connector !== undefined;
}

/** The interface of a Cloud Run instance, and of a further copy of it. */
export function runInterface(world: World, resource: Resource, host = 7): Interface | undefined {
  const template = templateOf(resource);
  const { network_interfaces } = block(template.vpc_access);
  if (network_interfaces === undefined) return undefined;
  const { network, subnetwork, tags } = block(network_interfaces);
  return {
    ...placed(world, network, subnetwork, host),
    tags: list(tags),
    account: template.service_account,
    isMachine: false,
    isPublic: false,
  };
}

const MACHINES = ['google_compute_instance', 'google_compute_region_instance_template'];

/** Every machine's interfaces; of a template, one machine of it. */
export function machines(world: World): readonly { readonly resource: Resource; readonly own: Interface }[] {
  return ofType(world, ...MACHINES).flatMap((resource, index) => {
    const { properties } = resource;
    return blocksOf(properties.network_interface).map((one) => ({
      resource,
      own: machineInterface(world, resource, one, index),
    }));
  });
}

function machineInterface(world: World, { properties }: Resource, one: Properties, index: number): Interface {
  const { network, subnetwork, network_ip, access_config } = one;
  const place = placed(world, network, subnetwork, 40 + index);
  return {
    ...place,
    address: typeof network_ip === 'string' ? network_ip : place.address,
    tags: list(properties.tags),
    account: block(properties.service_account).email,
    isMachine: true,
    isPublic: blocksOf(access_config).length > 0,
  };
}

function placed(
  world: World,
  network: unknown,
  subnetwork: unknown,
  host: number,
): Pick<Interface, 'network' | 'subnet' | 'address' | 'address6'> {
  // Left out, it is the one with the network's name.
  const written = subnetwork ?? find(world, network, 'google_compute_network')?.properties.name;
  const subnet = find(world, written, 'google_compute_subnetwork');
  const its = find(world, subnet?.properties.network ?? network, 'google_compute_network');
  const range = String(subnet?.properties.ip_cidr_range ?? '10.10.0.0/24');
  const dual = subnet !== undefined && subnet.properties.stack_type === 'IPV4_IPV6';
  return {
    network: its?.id ?? String(network),
    subnet: subnet?.id,
    address: range.replace(/\d+\/\d+$/, String(host)),
    address6: dual
      ? `${dual && subnet.properties.ipv6_access_type === 'EXTERNAL' ? '2600:1900::' : 'fd20::'}${host}`
      : undefined,
  };
}
