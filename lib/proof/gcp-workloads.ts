import type { Account } from './gcp-accounts';
import { type Attachment, directAttachment, machineAttachment, type Surroundings } from './gcp-attachment';
import type { Resource } from './templates';
import { blocks, setting } from './terraform-blocks';
import { keyOf, Reference, shown, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/** What runs code: on Cloud Run, or on machines. */
export type Form = 'job' | 'service' | 'workerPool' | 'oldService' | 'machine';

const FORMS: Readonly<Record<string, Form>> = {
  google_cloud_run_v2_job: 'job',
  google_cloud_run_v2_service: 'service',
  google_cloud_run_v2_worker_pool: 'workerPool',
  google_cloud_run_service: 'oldService',
  google_compute_instance: 'machine',
  google_compute_instance_template: 'machine',
  google_compute_region_instance_template: 'machine',
};

/** A workload of Google Cloud: what it is given, and where its packets come out. */
export interface GcpWorkload {
  readonly id: string;
  readonly kind: 'agent' | 'proxy' | 'tool';
  readonly known: 'marked' | 'named' | 'unmarked';
  readonly resource: Resource;
  readonly form: Form;
  /** Where containers, volumes and account stand. */
  readonly template: Value | undefined;
  readonly account: Account | undefined;
  readonly attachments: readonly Attachment[];
  /** Whether packets to the internet go past its network. */
  readonly straight: Truth;
  /** The setting that lets them. */
  readonly straightBy: string;
  /** What isn't known of where it runs. */
  readonly placement: Unknown | undefined;
}

/** What a resource runs, if it runs anything. */
export function formOf({ type }: Resource): Form | undefined {
  return Object.hasOwn(FORMS, type) ? FORMS[type] : undefined;
}

export function readGcpWorkload(
  resource: Resource,
  kind: GcpWorkload['kind'],
  known: GcpWorkload['known'],
  surroundings: Surroundings,
): GcpWorkload {
  const form = formOf(resource) ?? 'machine';
  const base = { id: resource.id, kind, known, resource, form };
  return form === 'machine'
    ? { ...base, ...machine(resource, surroundings) }
    : { ...base, ...run(resource, form, surroundings) };
}

type Placed = Pick<GcpWorkload, 'template' | 'account' | 'attachments' | 'straight' | 'straightBy' | 'placement'>;

function machine({ id, properties }: Resource, surroundings: Surroundings): Placed {
  const listed = setting(properties, 'network_interface');
  const interfaces = blocks(listed).filter((one) => !(one instanceof Unknown));
  const unknown = blocks(listed)
    .map(unknownIn)
    .find((one) => one !== undefined);
  const none = Unknown.of(`interfaces(${id})`, `${id} has interfaces only where this stays closed`);
  return {
    template: properties,
    account: surroundings.accounts.of(setting(properties, 'service_account', 'email')),
    attachments: interfaces.map((one, index) => machineAttachment(id, properties, index, one, surroundings)),
    straight: false,
    straightBy: 'network_interface',
    placement: unknown ?? (interfaces.length === 0 ? none : undefined),
  };
}

function run(resource: Resource, form: Form, surroundings: Surroundings): Placed {
  const { id, properties } = resource;
  const template = form === 'oldService' ? setting(properties, 'template', 'spec') : templateOf(properties, form);
  const named = setting(template, form === 'oldService' ? 'service_account_name' : 'service_account');
  const account = surroundings.accounts.of(named);
  if (form === 'oldService') {
    const unknown = Unknown.of(
      `annotations(${id})`,
      `the annotations of ${id} send all its traffic into a network that keeps this closed`,
    );
    return {
      template,
      account,
      attachments: [],
      straight: unknown,
      straightBy: 'template.metadata.annotations',
      placement: unknown,
    };
  }
  return { template, account, ...access(id, template, named, { ...surroundings, from: properties }) };
}

function templateOf(properties: Value, form: Form): Value | undefined {
  return form === 'job' ? setting(properties, 'template', 'template') : setting(properties, 'template');
}

function access(
  id: string,
  template: Value | undefined,
  account: Value | undefined,
  surroundings: Surroundings,
): Omit<Placed, 'template' | 'account'> {
  if (template instanceof Unknown || template === undefined) {
    const unknown = unknownIn(template) ?? Unknown.of(`template(${id})`, `${id} has a template that keeps this closed`);
    return { attachments: [], straight: unknown, straightBy: 'template', placement: unknown };
  }
  const vpc = setting(template, 'vpc_access');
  if (vpc === undefined || (Array.isArray(vpc) && blocks(vpc).length === 0))
    return { attachments: [], straight: true, straightBy: 'no vpc_access', placement: undefined };
  const listed = setting(vpc, 'network_interfaces');
  const interfaces = blocks(listed).filter((one) => !(one instanceof Unknown));
  const connector = setting(vpc, 'connector');
  const unread =
    vpc instanceof Unknown
      ? vpc
      : blocks(listed)
          .map(unknownIn)
          .find((one) => one !== undefined);
  const away =
    connector === undefined || isUnset(connector)
      ? undefined
      : Unknown.of(`connector(${id})`, `the connector of ${id} lets nothing out but to the proxy`);
  const none =
    interfaces.length === 0 && !away
      ? Unknown.of(`interfaces(${id})`, `${id} has an interface where this stays closed`)
      : undefined;
  return {
    attachments: interfaces.map((one, index) =>
      directAttachment(id, one, `vpc_access.network_interfaces[${index}]`, account, surroundings),
    ),
    ...straightOf(setting(vpc, 'egress')),
    placement: unread ?? away ?? none ?? olderRevision(id, surroundings.from ?? null, template),
  };
}

/** Requests that are sent to a revision by its name, which may be one that was made with another definition. */
function olderRevision(id: string, properties: Value, template: Value): Unknown | undefined {
  const named = ['traffic', 'instance_splits'].flatMap((key) =>
    blocks(setting(properties, key)).map((one) => (one instanceof Unknown ? one : setting(one, 'revision'))),
  );
  const current = keyOf(setting(template, 'revision'));
  const other = named.find(
    (one) => one !== undefined && !isUnset(one) && (current === undefined || keyOf(one) !== current),
  );
  if (blocks(setting(properties, 'multi_region_settings')).length > 0)
    return Unknown.of(`regions(${id})`, `${id} has in each of its regions the subnet that stands here`);
  if (other === undefined) return undefined;
  return (
    unknownIn(other) ??
    Unknown.of(`revision(${id})`, `the revision ${shown(other)} of ${id} has the definition that stands here`)
  );
}

/** Left out, it is PRIVATE_RANGES_ONLY: public destinations go past every route and rule. */
function straightOf(egress: Value | undefined): Pick<Placed, 'straight' | 'straightBy'> {
  const by = `vpc_access.egress ${typeof egress === 'string' ? egress : egress === undefined ? 'unset' : 'not known'}`;
  if (egress === 'ALL_TRAFFIC') return { straight: false, straightBy: by };
  return { straight: unknownIn(egress) ?? true, straightBy: by };
}

/** A plan calls what the provider may fill in unknown, although nobody wrote it. */
function isUnset(value: Value): boolean {
  return value instanceof Unknown && value.facts.every(({ id }) => id.startsWith('computed('));
}

/** The text of a label; `unknown` when it can't be read. */
export function labelOf({ properties }: Resource, label: string): string | undefined | Unknown {
  const labels = setting(properties, 'labels') ?? setting(properties, 'metadata', 'labels');
  const value = labels instanceof Unknown ? labels : setting(labels, label);
  if (value instanceof Reference || value instanceof Text)
    return unknownIn(value) ?? Unknown.of(`label(${shown(value)})`, `${shown(value)} marks nothing`);
  return value instanceof Unknown ? value : keyOf(value);
}
