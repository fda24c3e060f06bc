import fc from 'fast-check';
import { account, ref, type Resources } from './cell';
import type { Fields } from './world';

const SECRET = ref('secret_manager_secret', 'key', 'secret_id');
const secretKey = { secret_key_ref: { secret: SECRET, version: 'latest' } };
const env = (one: Fields) => ({ containers: [{ image: 'image', env: [one] }] });

/** What the agent is given: an account, secrets, volumes; of a service, who may call it. */
export const givenThings: fc.Arbitrary<{ readonly template: Fields; readonly more: Fields }> = fc.record({
  template: fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fields>({}) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<Fields>(
        ...[
          { service_account: undefined },
          { service_account: account('proxy') },
          { service_account: '${var.Account}' },
        ],
        ...[
          { service_account: 'agent@acme.iam.gserviceaccount.com' },
          { service_account: 'elsewhere@other.iam.gserviceaccount.com' },
        ],
        ...[
          env({ name: 'KEY', value_source: secretKey }),
          env({ name: 'KEY', value: '${var.Value}' }),
          env({ name: 'MODE', value: 'safe' }),
        ],
        { volumes: [{ name: 'v', secret: { secret: SECRET } }] },
        { volumes: [{ name: 'v', empty_dir: { medium: 'MEMORY' } }] },
      ),
    },
  ),
  more: fc.constantFrom<Fields>(
    ...[{}, {}, { ingress: 'INGRESS_TRAFFIC_ALL' }, { ingress: '${var.Ingress}' }],
    ...[{ invoker_iam_disabled: true }, { invoker_iam_disabled: '${var.Flag}' }, { invoker_iam_disabled: false }],
  ),
});

const ROLES = [
  ...['viewer', 'editor', 'owner', 'run.admin', 'run.developer', 'run.invoker', 'compute.networkAdmin', 'dns.admin'],
  ...[
    'iam.securityAdmin',
    'resourcemanager.projectIamAdmin',
    'iam.serviceAccountTokenCreator',
    'iam.serviceAccountUser',
  ],
  ...['iam.serviceAccountKeyAdmin', 'secretmanager.secretAccessor', 'secretmanager.admin', 'secretmanager.viewer'],
  ...[
    'logging.logWriter',
    'logging.admin',
    'logging.configWriter',
    'logging.viewer',
    'storage.objectViewer',
    'monitoring.metricWriter',
  ],
].map((name) => `roles/${name}`);
const role = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...ROLES) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(ref('project_iam_custom_role', 'made'), '${var.Role}', 'projects/acme/roles/made'),
  },
);
const member = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...[`serviceAccount:${account('agent')}`, `serviceAccount:${account('proxy')}`, 'user:somebody@corp.example'],
      'serviceAccount:agent@acme.iam.gserviceaccount.com',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('allUsers', 'allAuthenticatedUsers', '${var.Member}') },
);
const maybeCount = fc.constantFrom<Fields>({}, {}, {}, {}, {}, { count: '${var.Wanted ? 1 : 0}' });

/** What a role may be granted on, and the roles that mean something there. */
const place = fc.constantFrom<readonly [type: string, settings: Fields, roles: RegExp]>(
  ...([
    ['project', { project: 'acme' }, /./],
    ['project', { project: 'acme' }, /./],
    ['project', { project: 'other' }, /./],
    ['folder', { folder: 'folders/1' }, /./],
    ['organization', { org_id: '1' }, /./],
    ['secret_manager_secret', { secret_id: SECRET }, /secretmanager|owner|viewer|var\.|made/],
    ['secret_manager_secret', { secret_id: 'key' }, /secretmanager|owner|viewer|var\.|made/],
    ['secret_manager_secret', { secret_id: '${var.Secret}' }, /secretmanager|owner/],
    [
      'service_account',
      { service_account_id: ref('service_account', 'proxy', 'name') },
      /iam\.|owner|viewer|var\.|made/,
    ],
    ['service_account', { service_account_id: ref('service_account', 'agent', 'name') }, /iam\.|owner|viewer/],
    [
      'service_account',
      { service_account_id: 'projects/acme/serviceAccounts/proxy@acme.iam.gserviceaccount.com' },
      /iam\./,
    ],
    ['cloud_run_v2_job', { name: ref('cloud_run_v2_job', 'agent', 'name') }, /run\.|owner|editor|viewer/],
    ['cloud_run_v2_service', { name: ref('cloud_run_v2_service', 'agent', 'name') }, /run\.|owner|editor|viewer/],
  ] as const),
);

const grant = fc
  .tuple(
    fc.constantFrom('one', 'two'),
    place,
    role,
    fc.uniqueArray(member, { minLength: 1, maxLength: 2 }),
    fc.constantFrom('member', 'binding', 'policy'),
    maybeCount,
  )
  .map(([name, [type, settings, fits], wanted, members, form, count]): Resources => {
    const its = fits.test(wanted) ? wanted : 'roles/viewer';
    const text = JSON.stringify({ bindings: [{ role: its, members }] });
    const held =
      form === 'member'
        ? { role: its, member: members[0] }
        : form === 'binding'
          ? { role: its, members }
          : { policy_data: text };
    return {
      [`${type}_iam_${form}.${name}`]: { ...settings, ...held, ...count },
      ...(/made/.test(its) && CUSTOM),
      ...(type === 'secret_manager_secret' && KEY),
    };
  });

const KEY: Resources = {
  'secret_manager_secret.key': { secret_id: 'key', replication: { auto: {} } },
  'secret_manager_secret_iam_member.proxy': {
    ...{ secret_id: SECRET, role: 'roles/secretmanager.secretAccessor', member: `serviceAccount:${account('proxy')}` },
  },
};
const CUSTOM: Resources = {
  'project_iam_custom_role.made': { role_id: 'made', title: 'made', permissions: ['compute.networks.get'] },
};

const custom = fc
  .constantFrom(
    ...['secretmanager.versions.access', 'iam.serviceAccounts.getAccessToken', 'resourcemanager.projects.setIamPolicy'],
    ...['run.jobs.update', 'compute.routes.create', 'logging.logEntries.create', 'run.jobs.run', 'storage.objects.get'],
  )
  .map((permission): Resources => ({
    'project_iam_custom_role.made': {
      role_id: 'made',
      title: 'made',
      permissions: ['compute.networks.get', permission],
    },
    'project_iam_member.made': {
      ...{ project: 'acme', role: ref('project_iam_custom_role', 'made'), member: 'user:somebody@corp.example' },
    },
  }));

const more = fc.constantFrom<Resources>(
  KEY,
  KEY,
  { 'service_account_key.made': { service_account_id: ref('service_account', 'proxy', 'name') } },
  { 'service_account_key.made': { service_account_id: ref('service_account', 'agent', 'name') } },
  { 'project_iam_member.log': { project: 'acme', role: 'roles/viewer', member: `serviceAccount:${account('proxy')}` } },
  { 'project_iam_member.log': { project: 'acme', role: 'roles/logging.logWriter', member: '${var.Member}' } },
  {
    'project_iam_member.log': {
      project: 'other',
      role: 'roles/logging.logWriter',
      member: `serviceAccount:${account('proxy')}`,
    },
  },
  {
    'project_iam_member.log': {
      project: 'acme',
      role: 'roles/logging.configWriter',
      member: `serviceAccount:${account('proxy')}`,
    },
  },
  { 'logging_project_exclusion.drop': { name: 'drop', filter: 'severity < ERROR' } },
  { 'logging_project_exclusion.drop': { name: 'drop', filter: 'severity < ERROR', disabled: true } },
);

/** Mistakes around accounts, roles and secrets. */
export const accountWalls: fc.Arbitrary<Resources> = fc.oneof(
  { weight: 5, arbitrary: grant },
  { weight: 1, arbitrary: custom },
  { weight: 2, arbitrary: more },
);
