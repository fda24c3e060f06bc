import { Groups } from './aws-groups';
import { readInterfaces } from './aws-interfaces';
import { Segments } from './aws-segments';
import { readWorkload, type Workload } from './aws-tasks';
import { Window } from './aws-window';
import type { Interface } from './model';
import type { Network } from './network';
import type { Templates } from './templates';
import { isJsonObject, own } from './template';
import type { ProveOptions } from './prove';

/** Key of a resource's `Metadata` that says what a task definition is: `agent` or `proxy`. */
export const WORKLOAD_MARK = 'anchorhold:workload';

/** AWS as the claims see it. */
export interface AwsModel {
  readonly templates: Templates;
  readonly groups: Groups;
  readonly segments: Segments;
  readonly network: Network;
  readonly agents: readonly Workload[];
  readonly proxies: readonly Workload[];
  readonly window: Window;
}

/** Reads the resources of all templates into one model. */
export function readAws(templates: Templates, options: ProveOptions): AwsModel {
  const groups = new Groups(templates);
  const segments = new Segments(templates);
  const workloads = findWorkloads(templates, options).map(([definition, kind, known]) =>
    readWorkload(definition, kind, known, { templates, groups, segments }),
  );
  const [agents, proxies] = (['agent', 'proxy'] as const).map((kind) => workloads.filter((one) => one.kind === kind));
  const placed = workloads.flatMap((workload) =>
    workload.placements.map((placement): Interface => ({
      id: placement.id,
      kind: 'workload',
      what: `${workload.kind} ${workload.id}`,
      networks: [...new Set(placement.segments.map(({ network }) => network))],
      segments: placement.segments,
      groups: placement.groups,
    })),
  );
  const taken = new Set(placed.map(({ id }) => id));
  const others = readInterfaces({ templates, groups, segments }).filter(({ id }) => !taken.has(id));
  return {
    templates,
    groups,
    segments,
    network: { rangesOf: (network) => segments.rangesOf(network), interfaces: [...placed, ...others] },
    agents: agents ?? [],
    proxies: proxies ?? [],
    window: new Window(templates, proxies ?? []),
  };
}

type Found = readonly [Templates['resources'][number], Workload['kind'], Workload['known']];

/**
 * Named ones and marked ones; where none is an agent, every task definition that isn't a proxy is judged as one: nobody has
 * said that what it runs can be trusted.
 */
function findWorkloads(templates: Templates, { agents = [], proxies = [] }: ProveOptions): Found[] {
  const definitions = templates.ofType('AWS::ECS::TaskDefinition');
  const found = definitions.flatMap((definition): Found[] => {
    if (agents.includes(definition.id)) return [[definition, 'agent', 'named']];
    if (proxies.includes(definition.id)) return [[definition, 'proxy', 'named']];
    const mark = markOf(definition.raw);
    if (mark === 'proxy') return [[definition, mark, 'marked']];
    return mark === 'agent' && agents.length === 0 ? [[definition, mark, 'marked']] : [];
  });
  if (found.some(([, kind]) => kind === 'agent')) return found;
  const taken = new Set(found.map(([{ id }]) => id));
  return [
    ...found,
    ...definitions.filter(({ id }) => !taken.has(id)).map((definition): Found => [definition, 'agent', 'unmarked']),
  ];
}

function markOf(raw: Templates['resources'][number]['raw']): unknown {
  const metadata = own(raw, 'Metadata');
  return isJsonObject(metadata) ? own(metadata, WORKLOAD_MARK) : undefined;
}
