import type { Groups } from './aws-groups';
import { allLaunches, type Launch, names } from './aws-launchers';
import type { Machine } from './aws-machines';
import type { Segments } from './aws-segments';
import { property } from './evaluate';
import type { Placement } from './model';
import type { Resource, Templates } from './templates';
import { isList, isObject, or, type Truth, Unknown, unknownIn, type Value, type ValueObject } from './value';

/** A workload: one task definition or what stands for one, and everything that starts it. */
export interface Workload {
  readonly id: string;
  readonly kind: 'agent' | 'proxy' | 'tool';
  readonly known: 'marked' | 'named' | 'unmarked';
  readonly definition: Resource;
  readonly containers: readonly ValueObject[];
  /** Set when some container isn't known. */
  readonly unreadContainers: Unknown | undefined;
  readonly launches: readonly Launch[];
  /** What starts a task that isn't known: perhaps this one. */
  readonly mayLaunch: readonly { readonly id: string; readonly by: string; readonly truth: Unknown }[];
  readonly placements: readonly Placement[];
  /** Set where it is no ECS task. */
  readonly machine?: Machine;
}

/** Reads a task definition and where its launchers put it. */
export function readWorkload(
  definition: Resource,
  kind: Workload['kind'],
  known: Workload['known'],
  read: { readonly templates: Templates; readonly groups: Groups; readonly segments: Segments },
): Workload {
  const named = allLaunches(read.templates).map((launch) => ({
    launch,
    truth: names(launch.definition, definition, read.templates),
  }));
  const launches = named.filter(({ truth }) => truth === true).map(({ launch }) => launch);
  const listed = property(definition.properties, 'ContainerDefinitions');
  return {
    id: definition.id,
    kind,
    known,
    definition,
    containers: (isList(listed) ? listed : []).filter(isObject),
    unreadContainers: unreadContainers(definition.id, listed),
    launches,
    mayLaunch: named.flatMap(({ launch: { id, by }, truth }) => (truth instanceof Unknown ? [{ id, by, truth }] : [])),
    placements: launches.map((launch) => placeLaunch(launch, read)),
  };
}

function unreadContainers(id: string, listed: Value | undefined): Unknown | undefined {
  if (listed === undefined || (isList(listed) && listed.every(isObject))) return undefined;
  const unknown = isList(listed) ? listed.find((one) => one instanceof Unknown) : listed;
  if (unknown instanceof Unknown) return unknown;
  return Unknown.of(`containers(${id})`, `every container of ${id} can be read`);
}

/** Where a launch puts a workload. */
export function placeLaunch(
  launch: Launch,
  { groups, segments, templates }: { groups: Groups; segments: Segments; templates: Templates },
): Placement {
  const subnets = listOf(launch.network, 'Subnets', launch.id);
  const named = listOf(launch.network, 'SecurityGroups', launch.id);
  const placed = subnets.values.map((subnet) => segments.of(subnet));
  const networks = [...new Set(placed.map(({ network }) => network))];
  // Nothing named: the default group of the network.
  const none = named.values.length === 0 && !named.unknown;
  const held = none
    ? networks.map((network) =>
        templates.find(network) ? groups.defaultOf(network) : groups.of(`the default group of ${network}`),
      )
    : named.values.map((group) => groups.of(group));
  const unknown = subnets.unknown ?? named.unknown;
  return {
    id: launch.id,
    by: launch.by,
    segments: placed,
    groups: held,
    publicAddress: publicAddress(launch),
    ...(unknown ? { unknown } : {}),
  };
}

function listOf(
  network: Value | undefined,
  name: string,
  launcher: string,
): { values: readonly Value[]; unknown?: Unknown } {
  const listed = property(network, name);
  const missing = () =>
    Unknown.of(`launch(${launcher})`, `${launcher} starts tasks only in subnets and groups that keep this closed`);
  if (isList(listed)) {
    const values = listed.filter((value) => !unknownIn(value));
    const first = listed.map(unknownIn).find((one) => one !== undefined);
    // A parameter that names one subnet is a subnet whose routes aren't known; it stays in the list as that.
    return first && values.length < listed.length ? { values, unknown: first } : { values };
  }
  if (listed === undefined)
    return name === 'SecurityGroups' && isObject(network) ? { values: [] } : { values: [], unknown: missing() };
  return { values: [], unknown: unknownIn(listed) ?? missing() };
}

function publicAddress({ id, network, kind }: Launch): Truth {
  const written = property(network, 'AssignPublicIp');
  if (written === 'DISABLED') return false;
  if (written === 'ENABLED') return true;
  // A service that says nothing gives none.
  if (written === undefined && kind === 'service') return false;
  return or(unknownIn(written) ?? Unknown.of(`public-address(${id})`, `${id} gives tasks no public address`));
}
