import type { Candidate } from './claim';
import type { GcpClaim } from './gcp-claim';
import type { GcpModel } from './gcp-model';
import { isAws, isGcpInert, isGcpModelled, OTHER_PROVIDERS } from './gcp-types';
import { oncePer } from './once-per';
import { labelOf } from './gcp-workloads';
import type { Resource } from './templates';
import { setting } from './terraform-blocks';
import { WORKLOAD_LABEL } from './workload-label';
import { isList, isObject, Reference, Text, Unknown, type Value } from './value';

/** Resources of these hold packets, names, workloads or identities: what changes one of them changes a verdict. */
const HOLDING = /^google_(?:compute|dns|cloud_run|secret_manager|service_account|vpc_access|project_iam|network)/;
/** A type of these that nobody has judged may open anything without naming it. */
const NEAR =
  /^google_(?:compute|dns|cloud_run|secret_manager|service_account|service_networking|vpc_access|network|iam|project_iam|folder|organization|access_context|compute_|logging|cloud_identity|privileged_access|os_config|deployment_manager)/;

/** The documents hold nothing about the workload that the proof can't read. */
export const gcpModelClaim: GcpClaim = {
  id: 'model',
  says: 'The documents hold nothing that could matter to it and that the proof doesn’t know.',
  attack: 'A resource of a kind that nobody has thought of opens what everything else holds closed.',
  of: 'agent',
  prove: (model) => [
    {
      destination: 'resources the proof doesn’t know',
      candidates: found(model),
      closed: 'every resource that touches networks, names, workloads or identities is of a known type',
    },
  ],
};

/** The same for every workload. */
const found = oncePer((model: GcpModel) => [...unknownTypes(model), ...unread(model)]);

function unknownTypes(model: GcpModel): Candidate[] {
  const known = namesOf(model);
  return model.terraform.resources.flatMap((resource): Candidate[] => {
    const { id, type } = resource;
    if (isGcpModelled(type) || isGcpInert(type) || OTHER_PROVIDERS.test(type) || isAws(type)) return [];
    const held =
      type.startsWith('google_') && !NEAR.test(type)
        ? heldBy(resource, model, known)
        : 'another provider’s, or a part of the network';
    const marked = labelOf(resource, WORKLOAD_LABEL) === undefined ? undefined : `the label ${WORKLOAD_LABEL}`;
    if (held === undefined && marked === undefined) return [];
    return [
      {
        truth: Unknown.of(`type(${id})`, `${id}, of the type ${type}, opens nothing`),
        path: [
          { id, by: type },
          { id: held ?? marked ?? id, by: 'named in its settings' },
        ],
        reason: `the proof doesn’t know the type ${type}`,
        change: '',
      },
    ];
  });
}

/** Names and e-mails by which a setting can name what matters, without a reference. */
function namesOf({ terraform, agents, proxies }: GcpModel): ReadonlySet<string> {
  const found = terraform.resources
    .filter(({ type }) => HOLDING.test(type) && isGcpModelled(type))
    .flatMap(({ properties }) => ['name', 'email', 'account_id', 'secret_id'].map((key) => setting(properties, key)));
  const accounts = [...agents, ...proxies].map(({ account }) => account?.key);
  return new Set([...found, ...accounts].filter((one): one is string => typeof one === 'string' && one.length > 2));
}

function heldBy({ properties }: Resource, { terraform }: GcpModel, known: ReadonlySet<string>): string | undefined {
  const visit = (value: Value): string | undefined => {
    if (value instanceof Unknown) return 'something not known';
    if (value instanceof Reference) return HOLDING.test(terraform.find(value.id)?.type ?? '') ? value.id : undefined;
    if (value instanceof Text)
      return value.parts
        .map((part) => (typeof part === 'string' ? undefined : visit(part)))
        .find((one) => one !== undefined);
    if (isList(value) || isObject(value))
      return Object.values(value)
        .map(visit)
        .find((one) => one !== undefined);
    return typeof value === 'string' &&
      (value.split(/[/:]/).some((part) => known.has(part)) || holdsEmail(value, known))
      ? value
      : undefined;
  };
  const computed = (value: Value): boolean =>
    value instanceof Unknown && value.facts.every(({ id }) => id.startsWith('computed('));
  return Object.values(properties)
    .filter((value) => !computed(value))
    .map(visit)
    .find((one) => one !== undefined);
}

/** Whatever a resource is, a program that runs when it is made may do anything. */
function isProgram({ facts }: Unknown): boolean {
  return facts.some(({ id }) => id.startsWith('provisioner('));
}

/** An e-mail is told from what stands around it, such as `user-` in lists of buckets. */
function holdsEmail(text: string, known: ReadonlySet<string>): boolean {
  return text.includes('@') && [...known].some((name) => name.includes('@') && text.includes(name));
}

/** Modules without their text, plans that aren't whole, blocks that an expression makes. */
function unread({ terraform }: GcpModel): Candidate[] {
  const way = (id: string, by: string, truth: Unknown, reason: string): Candidate => ({
    truth,
    path: [{ id, by }],
    reason,
    change: '',
  });
  return [
    ...terraform.unread.map(({ id, by, truth }) =>
      way(id, by, truth, 'a part of the configuration isn’t in the documents'),
    ),
    ...terraform.resources.flatMap(({ id, type, unread: truth }) =>
      truth && (isProgram(truth) || (!isGcpInert(type) && !isAws(type)))
        ? [way(id, 'its settings', truth, 'its settings are made by an expression')]
        : [],
    ),
  ];
}
