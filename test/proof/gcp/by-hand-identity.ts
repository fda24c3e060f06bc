import type { ByHand } from './by-hand';
import { add, body, proxyAccount, type Raw, reference, run, type Resources } from './reference';

/*
 * Ways that somebody wrote by hand to see whether the proof says closed: who holds, speaks as, or silences what.
 */

type Put = ByHand[1];

const SOMEBODY = 'user:somebody@acme.example';
const BY_LITERAL = 'projects/acme-agents/serviceAccounts/coder-foreign@acme-agents.iam.gserviceaccount.com';
const OPEN = { secrets: 'open' } as const;
const UNPROVEN = { secrets: 'unproven' } as const;
const LAUNCHER = { launcher: 'unproven' } as const;
const AUDIT = { audit: 'unproven' } as const;
const MODEL = { model: 'unproven' } as const;

/** Adds one resource. */
const adds =
  (type: string, settings: (resources: Resources) => Raw): Put =>
  (r) => (add(r, type, 'By_Hand', settings(r)), undefined);
const gives = (role: string) => adds('project_iam_member', () => ({ role, member: SOMEBODY }));
const permits =
  (permission: string): Put =>
  (r) => {
    add(r, 'project_iam_custom_role', 'Own', { role_id: 'own', title: 'own', permissions: [permission] });
    return gives('${google_project_iam_custom_role.Own.id}')(r);
  };
const identity = (r: Resources) => body(r, 'compute_region_instance_template').service_account as Raw;
const denies = (denied_principals: readonly string[], permission: string) =>
  adds('iam_deny_policy', () => ({
    name: 'deny',
    parent: 'x',
    rules: [{ deny_rule: { denied_principals, denied_permissions: [permission] } }],
  }));
/** A policy of the whole project, in which the proxy's account stands by its e-mail. */
const onlyPolicy = (r: Resources, more: Raw) => {
  const { account_id } = body(r, 'service_account', 'Egress proxy');
  const members = [`serviceAccount:${String(account_id)}@acme-agents.iam.gserviceaccount.com`];
  add(r, 'project_iam_policy', 'By_Hand', {
    policy_data: JSON.stringify({ bindings: [{ role: 'roles/logging.logWriter', members, ...more }] }),
  });
};
const WRITING = 'logging.googleapis.com/logEntries.create';

export const IDENTITY_BY_HAND: readonly ByHand[] = [
  ['nothing changed', () => undefined, {}],
  [
    'another job with the account of the proxy',
    adds('cloud_run_v2_job', (r) => ({
      name: 'other',
      location: 'europe-west1',
      template: { template: { service_account: proxyAccount(r), containers: [{ image: 'x' }] } },
    })),
    OPEN,
  ],
  [
    'a machine with the account of the proxy',
    adds('compute_instance', (r) => ({ name: 'other', service_account: { email: proxyAccount(r), scopes: [] } })),
    OPEN,
  ],
  ...['oauth_token', 'oidc_token'].map(
    (token) =>
      [
        `a schedule that calls with an ${token} of the proxy`,
        adds('cloud_scheduler_job', (r) => ({
          name: 'other',
          http_target: { uri: 'https://elsewhere.example', [token]: { service_account_email: proxyAccount(r) } },
        })),
        OPEN,
      ] as const,
  ),
  [
    'a schedule that calls with an account of its own',
    adds('cloud_scheduler_job', () => ({
      name: 'other',
      http_target: {
        uri: 'https://x.example',
        oidc_token: { service_account_email: 'own@acme-agents.iam.gserviceaccount.com' },
      },
    })),
    {},
  ],
  [
    'the value of a secret in the state',
    adds('secret_manager_secret_version', (r) => ({
      secret: reference(r, 'secret_manager_secret', 'coder-anthropic-key'),
      secret_data: 'x',
    })),
    OPEN,
  ],
  [
    'the value of a secret that is only written',
    adds('secret_manager_secret_version', (r) => ({
      secret: reference(r, 'secret_manager_secret', 'coder-anthropic-key'),
      secret_data_wo: 'x',
    })),
    {},
  ],
  [
    'somebody who may let things run as the proxy',
    adds('service_account_iam_member', (r) => ({
      service_account_id: reference(r, 'service_account', 'Egress proxy', 'name'),
      role: 'roles/iam.serviceAccountUser',
      member: SOMEBODY,
    })),
    UNPROVEN,
  ],
  ['somebody who may let things run as any account', gives('roles/iam.serviceAccountUser'), UNPROVEN],
  ['the same by a role of the documents', permits('iam.serviceAccounts.actAs'), UNPROVEN],
  [
    'somebody who speaks as a proxy’s account that no document holds',
    (r) => {
      identity(r).email = BY_LITERAL.slice(BY_LITERAL.lastIndexOf('/') + 1);
      const role = 'roles/iam.serviceAccountTokenCreator';
      return adds('service_account_iam_member', () => ({ service_account_id: BY_LITERAL, role, member: SOMEBODY }))(r);
    },
    { secrets: 'open', audit: 'unproven', proxy: 'unproven' },
  ],
  [
    'somebody who puts tags on networks',
    adds('tags_tag_value_iam_member', () => ({
      tag_value: 'tagValues/1',
      role: 'roles/resourcemanager.tagUser',
      member: SOMEBODY,
    })),
    LAUNCHER,
  ],
  ['somebody who turns services of the platform off', gives('roles/serviceusage.serviceUsageAdmin'), LAUNCHER],
  ['the same by permission', permits('serviceusage.services.disable'), LAUNCHER],
  ['somebody who uses services of the platform', gives('roles/serviceusage.serviceUsageConsumer'), {}],
  ['somebody who administers Firebase', gives('roles/firebase.admin'), LAUNCHER],
  ['a proxy whose token writes no log', (r) => ((identity(r).scopes = ['storage-ro']), undefined), { audit: 'open' }],
  ['a proxy whose token writes logs', (r) => ((identity(r).scopes = ['logging-write']), undefined), {}],
  [
    'a binding that takes the right to write logs away',
    adds('project_iam_binding', () => ({ role: 'roles/logging.logWriter', members: [SOMEBODY] })),
    AUDIT,
  ],
  [
    'a policy of the project that says nothing',
    adds('project_iam_policy', () => ({ policy_data: '{"bindings":[]}' })),
    AUDIT,
  ],
  ['a policy of the project by which the proxy writes logs', (r) => onlyPolicy(r, {}), {}],
  [
    'a policy of the project by which the proxy writes logs under a condition',
    (r) => onlyPolicy(r, { condition: { title: 't', expression: 'false' } }),
    AUDIT,
  ],
  ['a binding of another role', adds('project_iam_binding', () => ({ role: 'roles/viewer', members: [SOMEBODY] })), {}],
  ['everybody is denied writing logs', denies(['principalSet://goog/public:all'], WRITING), AUDIT],
  [
    'the proxy is denied writing logs',
    (r) => denies([`principal://iam.googleapis.com/projects/-/serviceAccounts/${proxyAccount(r)}`], WRITING)(r),
    AUDIT,
  ],
  [
    'another account is denied writing logs',
    denies(['principal://iam.googleapis.com/projects/-/serviceAccounts/x@y.iam.gserviceaccount.com'], WRITING),
    {},
  ],
  ['everybody is denied something else', denies(['principalSet://goog/public:all'], 'run.googleapis.com/jobs.run'), {}],
  [
    'the default sink sends elsewhere',
    adds('logging_project_sink', () => ({ name: '_Default', destination: 'storage.googleapis.com/x' })),
    AUDIT,
  ],
  ['data that a program gives', () => ({ data: { external: { X: { program: ['sh'] } } } }), MODEL],
  ['data that a command gives', () => ({ data: { local_command: { X: { command: 'sh' } } } }), MODEL],
  ['an action', () => ({ action: { local_command: { X: { config: {} } } } }), MODEL],
  ['a member of a group', adds('cloud_identity_group_membership', () => ({ group: 'groups/x' })), MODEL],
  [
    'a bucket as a volume of the agent',
    (r) => ((run(r).volumes = [{ name: 'x', gcs: { bucket: 'strange' } }]), undefined),
    { neighbour: 'unproven' },
  ],
];
