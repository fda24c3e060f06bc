import type { Candidate } from './claim';
import { accountDoubts, type GcpClaim, unsureProxies, withoutAccount } from './gcp-claim';
import type { Grant } from './gcp-grants';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import { silenced } from './gcp-silenced';
import type { GcpWorkload } from './gcp-workloads';
import type { Resource } from './templates';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** The workload can't write to, or take from, the proxy's log. */
export const gcpAuditClaim: GcpClaim = {
  id: 'audit',
  says: 'The log of the proxy is one that the agent can neither write nor remove.',
  attack:
    'The agent writes log entries under the proxy’s name, or an exclusion drops those of what it did before anybody reads them.',
  of: 'agent',
  prove: (model, workload) => [
    ...unsureProxies(model, 'the log of what may be the proxy'),
    ...model.proxies.map((proxy) => ({
      destination: `the log of ${proxy.id}`,
      candidates: [
        ...keepsNone(model, proxy),
        ...silenced(model, proxy),
        ...byRole(model, workload),
        ...dropped(model),
        ...diverted(model),
      ],
      closed: 'the proxy may write logs and the agent may not; what the agent prints is another resource’s log',
    })),
  ],
};

function keepsNone(model: GcpModel, { id, account, resource }: GcpWorkload): Candidate[] {
  const none = (truth: Truth): Candidate[] =>
    truth === false
      ? []
      : [
          {
            truth,
            path: [{ id, by: 'service_account' }],
            reason: 'the proxy may write no log',
            change: `grant roles/logging.logWriter to the account of ${id}`,
          },
        ];
  if (!account) return none(true);
  const writes = or(
    ...model.grants
      .of(account)
      .map(({ grant, truth }) =>
        and(
          truth,
          grant.exists,
          gives(grant, 'write-logs', model.grants),
          isHere(model, grant, resource),
          always(grant),
          lasting(model, grant),
        ),
      ),
  );
  if (writes === true) return [];
  const foreign =
    account.named.kind === 'foreign'
      ? Unknown.of(`logs(${account.named.id})`, `${account.named.id}, which no document holds, may write logs`)
      : undefined;
  return none(writes instanceof Unknown ? writes : (foreign ?? true));
}

function always({ id, conditional }: Grant): Truth {
  return conditional ? Unknown.of(`condition(${id})`, `the condition of ${id} holds whenever the proxy writes`) : true;
}

function lasting({ grants }: GcpModel, grant: Grant): Truth {
  return grants.replaced(grant) || true;
}

/** Whether what is granted is granted where a resource is: a grant above it, or beside it, may be elsewhere. */
function isHere({ terraform, grants }: GcpModel, grant: Grant, { properties }: Resource): Truth {
  if (!grants.isWide(grant)) return false;
  const [one, other] = [terraform.find(grant.id)?.properties, properties].map((its) => setting(its, 'project'));
  if (grant.on === 'project' && keyOf(one) !== undefined && keyOf(other) !== undefined) {
    if (keyOf(one) === keyOf(other)) return true;
    if (typeof one === 'string' && typeof other === 'string') return false;
  }
  return Unknown.of(`granted-in(${grant.id})`, `what ${grant.id} grants holds in the project of the proxy`);
}

function byRole(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const { id, account } = workload;
  if (!account) return withoutAccount(workload, 'the default account of the project may write any log');
  const granted = model.grants.of(account).flatMap(({ grant, member, truth }): Candidate[] => {
    const power = and(truth, grant.exists, or(gives(grant, 'logs', model.grants), speaksAsProxy(model, grant)));
    if (power === false) return [];
    const path = [
      { id, by: 'service_account' },
      { id: grant.id, by: `${grant.by} ${shown(member)}` },
    ];
    return [
      {
        truth: power,
        path,
        reason: `the agent holds ${grant.role ?? 'a role that isn’t known'}`,
        change: `remove ${grant.id}`,
      },
    ];
  });
  return [...accountDoubts(workload, account, { fact: 'logs', says: 'may write no log', may: 'write' }), ...granted];
}

/** Who speaks as the proxy writes what the proxy writes; who makes policies may write all. */
function speaksAsProxy({ grants, proxies }: GcpModel, grant: Grant): Truth {
  const about = proxies.map(({ account }) => grants.isAbout(grant, account?.named.id ?? ''));
  return and(gives(grant, 'impersonate', grants), or(...about));
}

/** Exclusions drop records before anybody reads them. */
function dropped({ terraform }: GcpModel): Candidate[] {
  return terraform
    .ofType(
      'google_logging_project_exclusion',
      'google_logging_folder_exclusion',
      'google_logging_organization_exclusion',
    )
    .flatMap(({ id, properties, exists }): Candidate[] => {
      const off = setting(properties, 'disabled');
      if (off !== undefined && !unknownIn(off) && keyOf(off) === 'true') return [];
      const truth = and(exists, Unknown.of(`exclusion(${id})`, `${id} drops no record of the proxy’s`));
      return [
        {
          truth,
          path: [{ id, by: 'filter' }],
          reason: 'records are dropped before they are kept',
          change: `remove ${id}`,
        },
      ];
    });
}

/** Sinks that keep records from where they are looked for: an interception from above, and the default one without some of them. */
function diverted({ terraform }: GcpModel): Candidate[] {
  return terraform
    .ofType('google_logging_project_sink', 'google_logging_folder_sink', 'google_logging_organization_sink')
    .flatMap(({ id, properties, exists }): Candidate[] => {
      const name = setting(properties, 'name');
      const isDefault = name === '_Default' || unknownIn(name) !== undefined;
      const settings = isDefault ? ['disabled', 'exclusions', 'filter', 'intercept_children'] : ['intercept_children'];
      const elsewhere = isDefault && !/\/buckets\/_Default$/.test(keyOf(setting(properties, 'destination')) ?? '');
      const by = settings.find((key) => isSet(setting(properties, key))) ?? (elsewhere ? 'destination' : undefined);
      if (by === undefined) return [];
      return [
        {
          truth: and(
            exists,
            Unknown.of(`sink(${id})`, `${id} keeps every record of the proxy’s where it is looked for`),
          ),
          path: [{ id, by }],
          reason: 'records are sent elsewhere, or nowhere',
          change: `leave ${by} of ${id} as the platform sets it`,
        },
      ];
    });
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && keyOf(value) !== 'false' && (value instanceof Unknown || blocks(value).length > 0);
}
