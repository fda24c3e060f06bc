import { Groups } from './aws-groups';
import { readInterfaces } from './aws-interfaces';
import { isMachine, readMachine } from './aws-machines';
import { Roles } from './aws-roles';
import { Segments } from './aws-segments';
import { readWorkload, type Workload } from './aws-tasks';
import { Window } from './aws-window';
import type { Interface } from './model';
import type { Network } from './network';
import type { Resource, Templates } from './templates';
import { property } from './evaluate';
import { isJsonObject, own } from './template';
import type { ProveOptions } from './prove';

/** Key of a resource's `Metadata` that says what a task definition is: `agent`, `proxy` or `tool`. */
export const WORKLOAD_MARK = 'anchorhold:workload';

/** AWS as the claims see it. */
export interface AwsModel {
  readonly templates: Templates;
  readonly groups: Groups;
  readonly segments: Segments;
  readonly network: Network;
  readonly agents: readonly Workload[];
  readonly proxies: readonly Workload[];
  /** What holds a credential of its own and answers agents through the proxy. */
  readonly tools: readonly Workload[];
  /** What is marked as an agent and of no kind that is known, or marked as nothing that is known. */
  readonly strangers: readonly Resource[];
  readonly window: Window;
  readonly roles: Roles;
}

/** Reads the resources of all templates into one model. */
export function readAws(templates: Templates, options: ProveOptions): AwsModel {
  const groups = new Groups(templates);
  const segments = new Segments(templates);
  const machines = findMachines(templates, options).flatMap(
    ([definition, known]) => readMachine(definition, known, { templates, groups, segments }) ?? [],
  );
  const tasks = findWorkloads(templates, options, machines.length > 0).map(([definition, kind, known]) =>
    readWorkload(definition, kind, known, { templates, groups, segments }),
  );
  const workloads = [...tasks, ...machines];
  const [agents, proxies, tools] = (['agent', 'proxy', 'tool'] as const).map((kind) =>
    workloads.filter((one) => one.kind === kind),
  );
  const placed = workloads.flatMap((workload) =>
    workload.placements
      .filter(({ unknown }) => !unknown)
      .map((placement): Interface => ({
        id: placement.id,
        kind: 'workload',
        what: `${workload.kind} ${workload.id}`,
        networks: [...new Set(placement.segments.map(({ network }) => network))],
        segments: placement.segments,
        groups: placement.groups,
      })),
  );
  const taken = new Set([
    ...placed.map(({ id }) => id),
    // Their interfaces are those of their placements.
    ...machines.flatMap(({ id, machine }) => [id, ...(machine?.around ?? [])]),
  ]);
  const others = readInterfaces({ templates, groups, segments }).filter(({ id }) => !taken.has(id));
  return {
    templates,
    groups,
    segments,
    network: {
      holds: (network) => templates.find(network)?.type === 'AWS::EC2::VPC',
      localTo: (network) => segments.ranging.localTo(network),
      rangesOf: (network) => segments.ranging.ofNetwork(network),
      interfaces: [...placed, ...others],
    },
    agents: agents ?? [],
    proxies: proxies ?? [],
    tools: tools ?? [],
    strangers: templates.resources.filter(({ type, raw }) => {
      const mark = markOf(raw);
      const isJudged = type === DEFINITION || isMachine(type);
      return isJudged ? mark !== undefined && !MARKS.has(mark) : mark === 'agent';
    }),
    window: new Window(templates, proxies ?? []),
    roles: new Roles(templates),
  };
}

const DEFINITION = 'AWS::ECS::TaskDefinition';
const MARKS: ReadonlySet<unknown> = new Set(['agent', 'proxy', 'tool']);

type Found = readonly [Resource, Workload['kind'], Workload['known']];

/**
 * Named ones and marked ones; where none is an agent, every task definition that is no proxy and no tool is judged as one:
 * nobody has said that what it runs can be trusted.
 */
function findWorkloads(templates: Templates, options: ProveOptions, hasAgents: boolean): Found[] {
  const [agents, proxies] = [options.agents, options.proxies].map(
    (ids) => new Set(definitionsOf(ids ?? [], templates)),
  );
  const definitions = templates.ofType(DEFINITION);
  const found = definitions.flatMap((definition): Found[] => {
    if (agents?.has(definition.id)) return [[definition, 'agent', 'named']];
    if (proxies?.has(definition.id)) return [[definition, 'proxy', 'named']];
    const mark = markOf(definition.raw);
    if (mark === 'proxy' || mark === 'tool') return [[definition, mark, 'marked']];
    return mark === 'agent' && agents?.size === 0 ? [[definition, mark, 'marked']] : [];
  });
  if (hasAgents || found.some(([, kind]) => kind === 'agent')) return found;
  const taken = new Set(found.map(([{ id }]) => id));
  const rest = definitions.filter(({ id }) => !taken.has(id));
  return [...found, ...rest.map((definition): Found => [definition, 'agent', 'unmarked'])];
}

/** Named ones and marked ones that are no ECS task. */
function findMachines(templates: Templates, { agents = [] }: ProveOptions): [Resource, Workload['known']][] {
  const named = new Set(definitionsOf(agents, templates));
  return templates.resources
    .filter(({ type }) => isMachine(type))
    .flatMap((one): [Resource, Workload['known']][] => {
      if (named.has(one.id)) return [[one, 'named']];
      return agents.length === 0 && markOf(one.raw) === 'agent' ? [[one, 'marked']] : [];
    });
}

/** The task definitions that ids name, of themselves or by a service; an id that may be several names none. */
function definitionsOf(ids: readonly string[], templates: Templates): readonly string[] {
  return ids.flatMap((id) => {
    const [only, another] = allNamed(id, templates);
    return only && !another ? [only.id] : [];
  });
}

/** The task definitions an id may name: its own, or a service's; without the template before it, perhaps of several templates. */
export function allNamed(id: string, templates: Templates): readonly Resource[] {
  const exact = templates.find(id);
  const named = exact ? [exact] : templates.resources.filter((one) => one.id.endsWith(`/${id}`));
  return [...new Set(named.flatMap((one) => definitionOf(one, templates) ?? []))];
}

function definitionOf(named: Resource, templates: Templates): Resource | undefined {
  if (named.type === DEFINITION || isMachine(named.type)) return named;
  const run = named.type === 'AWS::ECS::Service' ? property(named.properties, 'TaskDefinition') : undefined;
  const found = templates.referred(run);
  return found?.type === DEFINITION ? found : undefined;
}

function markOf(raw: Resource['raw']): unknown {
  const metadata = own(raw, 'Metadata');
  return isJsonObject(metadata) ? own(metadata, WORKLOAD_MARK) : undefined;
}
