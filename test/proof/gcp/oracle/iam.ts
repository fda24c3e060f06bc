import { list } from '../../oracle/world';
import { blocksOf, find, ofType, PROJECT, type Resource, type World } from './world';

/** What somebody may be able to do, as the permissions of Google's roles come to. */
export type Deed =
  | 'read-secret'
  /** Make tokens or keys of an account. */
  | 'speak'
  /** Give oneself whatever one lacks. */
  | 'set-policy'
  /** Change a job, its network, its firewall, its names or its account. */
  | 'change'
  | 'log'
  /** Add a record to a log. */
  | 'write-log'
  | 'invoke'
  /** Say who may do what to one resource. */
  | 'own';

const ROLES: Readonly<Record<string, readonly Deed[]>> = {
  owner: ['read-secret', 'speak', 'set-policy', 'change', 'log', 'write-log', 'invoke'],
  // No secret's value, and no policy; but keys of accounts.
  editor: ['speak', 'change', 'log', 'write-log', 'invoke'],
  viewer: [],
  browser: [],
  'run.admin': ['change', 'invoke', 'own'],
  'run.developer': ['change', 'invoke'],
  'run.invoker': ['invoke'],
  'run.viewer': [],
  'compute.networkAdmin': ['change'],
  'compute.securityAdmin': ['change'],
  'compute.admin': ['change'],
  'compute.networkViewer': [],
  'dns.admin': ['change'],
  'iam.securityAdmin': ['set-policy'],
  'resourcemanager.projectIamAdmin': ['set-policy'],
  'iam.serviceAccountAdmin': ['speak', 'own'],
  'iam.serviceAccountTokenCreator': ['speak'],
  'iam.serviceAccountKeyAdmin': ['speak'],
  'iam.workloadIdentityUser': ['speak'],
  'iam.serviceAccountUser': [],
  'secretmanager.secretAccessor': ['read-secret'],
  'secretmanager.admin': ['read-secret', 'own'],
  'secretmanager.viewer': [],
  'secretmanager.secretVersionAdder': [],
  'logging.logWriter': ['log', 'write-log'],
  'logging.admin': ['log', 'write-log'],
  'logging.configWriter': ['log'],
  'logging.viewer': [],
  'storage.objectViewer': [],
  'artifactregistry.reader': [],
  'monitoring.metricWriter': [],
};

const PERMISSIONS: Readonly<Record<string, Deed | readonly Deed[]>> = {
  'secretmanager.versions.access': 'read-secret',
  'secretmanager.secrets.setIamPolicy': ['read-secret', 'own'],
  'resourcemanager.projects.setIamPolicy': 'set-policy',
  'iam.serviceAccounts.getAccessToken': 'speak',
  'iam.serviceAccountKeys.create': 'speak',
  'iam.serviceAccounts.setIamPolicy': ['speak', 'own'],
  'run.services.setIamPolicy': ['invoke', 'own'],
  'run.jobs.update': 'change',
  'run.services.update': 'change',
  'compute.firewalls.update': 'change',
  'compute.routes.create': 'change',
  'dns.responsePolicies.update': 'change',
  'logging.logEntries.create': ['log', 'write-log'],
  'run.jobs.run': 'invoke',
};

/** Somebody holds a role on something. */
export interface Grant {
  readonly id: string;
  /** What it is granted on: `project`, `secret_manager_secret`, … */
  readonly on: string;
  readonly role: string;
  readonly members: readonly string[];
  /** A project's, a folder's or an organisation's own: `undefined`. */
  readonly target: Resource | undefined;
  readonly isWide: boolean;
  readonly deeds: readonly Deed[];
}

const TARGETS: Readonly<Record<string, string>> = {
  secret_manager_secret: 'secret_id',
  service_account: 'service_account_id',
  cloud_run_v2_job: 'name',
  cloud_run_v2_service: 'name',
  cloud_run_v2_worker_pool: 'name',
};

/** Every grant of a world, with what it lets its members do there. */
export function grants(world: World): readonly Grant[] {
  return world.resources.flatMap((resource): Grant[] => {
    const [, on = '', form] = /^google_(\w+)_iam_(member|binding|policy)$/.exec(resource.type) ?? [];
    if (form === undefined) return [];
    const { properties, id } = resource;
    const target = TARGETS[on] === undefined ? undefined : find(world, properties[TARGETS[on]], `google_${on}`);
    const above = ['folder', 'organization'].includes(on) && world.values.above === true;
    const isWide =
      (on === 'project' && [undefined, PROJECT].includes(properties.project as string | undefined)) || above;
    return bindings(form, properties).map(({ role, members }) => ({
      ...{ id, on, role, members, target, isWide },
      deeds: deedsOf(world, role),
    }));
  });
}

function bindings(form: string, properties: Resource['properties']): { role: string; members: string[] }[] {
  const one = (role: unknown, members: readonly unknown[]) => ({ role: String(role), members: members.map(String) });
  if (form === 'member') return [one(properties.role, [properties.member])];
  if (form === 'binding') return [one(properties.role, list(properties.members))];
  const policy: unknown = JSON.parse(String(properties.policy_data));
  return blocksOf((policy as { bindings?: unknown }).bindings).map(({ role, members }) => one(role, list(members)));
}

function deedsOf(world: World, role: string): readonly Deed[] {
  const custom = ofType(world, 'google_project_iam_custom_role').find(
    ({ id, properties }) => id === role || role.endsWith(`/${String(properties.role_id)}`),
  );
  if (custom)
    return list(custom.properties.permissions).flatMap((one): readonly Deed[] =>
      [PERMISSIONS[String(one)] ?? []].flat(),
    );
  const known = ROLES[role.replace(/^roles\//, '')];
  if (!known) throw new Error(`the oracle doesn't know the role ${role}`);
  return known;
}

/** The grants by which anybody may do something to a resource: on it, or on all of its project. */
export function allow(world: World, deed: Deed, target?: Resource): readonly Grant[] {
  return grants(world).filter(
    ({ deeds, isWide, target: its }) =>
      (isWide && (deeds.includes(deed) || deeds.includes('set-policy'))) ||
      (target !== undefined && its?.id === target.id && (deeds.includes(deed) || deeds.includes('set-policy'))),
  );
}

/** Whether a member of a grant is an account: everybody is, too. */
export function isMember({ members }: Grant, account: unknown): boolean {
  return members.some(
    (one) => one === `serviceAccount:${String(account)}` || one === 'allAuthenticatedUsers' || one === 'allUsers',
  );
}
