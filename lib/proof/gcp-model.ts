import { Accounts } from './gcp-accounts';
import { Firewall } from './gcp-firewall';
import { Grants } from './gcp-grants';
import { Names } from './gcp-names';
import { Networks } from './gcp-networks';
import { Routes } from './gcp-routes';
import { GcpWindow } from './gcp-window';
import { formOf, type GcpWorkload, labelOf, readGcpWorkload } from './gcp-workloads';
import type { ProveOptions } from './prove';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { setting } from './terraform-blocks';
import { Unknown } from './value';
import { WORKLOAD_LABEL } from './workload-label';

/** Google Cloud as the claims see it. */
export interface GcpModel {
  readonly terraform: Terraform;
  readonly names: Names;
  readonly networks: Networks;
  readonly accounts: Accounts;
  readonly firewall: Firewall;
  readonly routes: Routes;
  readonly grants: Grants;
  readonly window: GcpWindow;
  readonly agents: readonly GcpWorkload[];
  readonly proxies: readonly GcpWorkload[];
  readonly tools: readonly GcpWorkload[];
  /** What may be the proxy, since its label can't be read. */
  readonly unsure: readonly { readonly id: string; readonly truth: Unknown }[];
  /** Everything else that runs code, tools among it. */
  readonly others: readonly GcpWorkload[];
}

/** Reads the resources of all Terraform documents into one model. */
export function readGcp(terraform: Terraform, options: ProveOptions): GcpModel {
  const names = new Names(terraform);
  const networks = new Networks(terraform, names);
  const accounts = new Accounts(names);
  const surroundings = { networks, accounts };
  const found = findGcpWorkloads(terraform, options);
  const read = (kind: GcpWorkload['kind']) =>
    found
      .filter((one) => one.kind === kind)
      .map(({ resource, known }) => readGcpWorkload(resource, kind, known, surroundings));
  const proxies = read('proxy');
  const taken = new Set(found.map(({ resource }) => resource.id));
  const others = terraform.resources
    .filter((resource) => formOf(resource) !== undefined && !taken.has(resource.id))
    .map((resource) =>
      labelOf(resource, WORKLOAD_LABEL) === 'tool'
        ? readGcpWorkload(resource, 'tool', 'marked', surroundings)
        : readGcpWorkload(resource, 'agent', 'unmarked', surroundings),
    );
  return {
    terraform,
    names,
    networks,
    accounts,
    firewall: new Firewall({ terraform, networks, accounts, names }),
    routes: new Routes(terraform, networks, names),
    grants: new Grants(terraform, names, accounts),
    window: new GcpWindow(terraform, names, proxies),
    agents: read('agent'),
    proxies,
    tools: others.filter(({ kind }) => kind === 'tool'),
    unsure: unsureOf(terraform),
    others,
  };
}

function unsureOf(terraform: Terraform): GcpModel['unsure'] {
  return terraform.resources.flatMap((resource) => {
    const label = formOf(resource) === undefined ? undefined : labelOf(resource, WORKLOAD_LABEL);
    return label instanceof Unknown ? [{ id: resource.id, truth: label }] : [];
  });
}

interface Found {
  readonly resource: Resource;
  readonly kind: GcpWorkload['kind'];
  readonly known: GcpWorkload['known'];
}

/**
 * Named ones and labelled ones; where none is an agent, everything on Cloud Run that is neither proxy nor tool. A label that
 * can't be read may say that it is one.
 */
function findGcpWorkloads(terraform: Terraform, options: ProveOptions): Found[] {
  const [agents, proxies] = [options.agents, options.proxies].map(
    (ids) => new Set((ids ?? []).flatMap((id) => onlyNamed(id, terraform))),
  );
  const candidates = terraform.resources.filter((resource) => formOf(resource) !== undefined);
  const labels = new Map(candidates.map((resource) => [resource.id, labelOf(resource, WORKLOAD_LABEL)]));
  const found = candidates.flatMap((resource): Found[] => {
    if (agents?.has(resource.id)) return [{ resource, kind: 'agent', known: 'named' }];
    if (proxies?.has(resource.id)) return [{ resource, kind: 'proxy', known: 'named' }];
    const label = labels.get(resource.id);
    if (label === 'proxy') return [{ resource, kind: 'proxy', known: 'marked' }];
    if (options.agents?.length) return [];
    if (label === 'agent') return [{ resource, kind: 'agent', known: 'marked' }];
    return label instanceof Unknown ? [{ resource, kind: 'agent', known: 'unmarked' }] : [];
  });
  if (found.some(({ kind }) => kind === 'agent') || options.agents?.length) return found;
  const taken = new Set(found.map(({ resource }) => resource.id));
  const rest = candidates.filter(
    (resource) => formOf(resource) !== 'machine' && !taken.has(resource.id) && labels.get(resource.id) !== 'tool',
  );
  return [...found, ...rest.map((resource): Found => ({ resource, kind: 'agent', known: 'unmarked' }))];
}

/** An id that may be several names none. */
function onlyNamed(id: string, terraform: Terraform): readonly string[] {
  const found = allGcpNamed(id, terraform);
  return found.length === 1 ? found.map((one) => one.id) : [];
}

/** The workloads an id may name: by its address, with or without the document before it, or by its name in Google Cloud. */
export function allGcpNamed(id: string, terraform: Terraform): readonly Resource[] {
  const workloads = terraform.resources.filter((resource) => formOf(resource) !== undefined);
  const ways: readonly ((one: Resource) => boolean)[] = [
    (one) => one.id === id,
    (one) => one.id.endsWith(`/${id}`),
    (one) => setting(one.properties, 'name') === id,
  ];
  return ways.map((way) => workloads.filter(way)).find((found) => found.length > 0) ?? [];
}
