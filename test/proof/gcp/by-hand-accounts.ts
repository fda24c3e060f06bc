import type { ByHand } from './by-hand';
import { add, agentAccount, body, proxyAccount, type Raw, reference, type Resources } from './reference';

const SOMEBODY = 'user:somebody@acme.example';
const onProject = (r: Resources, role: string, member = SOMEBODY) =>
  add(r, 'project_iam_member', 'G', { role, member });
const agentName = (r: Resources) => String(body(r, 'service_account', 'no role anywhere').account_id);
/** A role that the document makes. */
function custom(r: Resources, name: string, permission: string, role_id = name.toLowerCase()): string {
  add(r, 'project_iam_custom_role', name, { role_id, title: name, permissions: [permission] });
  return `\${google_project_iam_custom_role.${name}.id}`;
}
const HARMLESS = 'storage.objects.get';
const ALMIGHTY = { secrets: 'open', launcher: 'open' } as const;
const secret = (r: Resources, name: string, secret_id: string, member = SOMEBODY) =>
  add(r, 'secret_manager_secret_iam_member', name, { secret_id, role: 'roles/secretmanager.secretAccessor', member });
const sink = (r: Resources, more: Raw) =>
  add(r, 'logging_project_sink', 'S', { name: '_Default', destination: 'logging.googleapis.com/x', ...more });

/** Accounts, roles, secrets and logs. */
export const ACCOUNTS_BY_HAND: readonly ByHand[] = [
  [
    'a machine with scopes and no e-mail has the project’s default account',
    (r) =>
      add(r, 'compute_instance', 'A', {
        ...{ name: 'a', zone: 'europe-west1-b', labels: { 'anchorhold-workload': 'agent' }, tags: ['agent'] },
        network_interface: [{ subnetwork: reference(r, 'compute_subnetwork', '"coder-agents"') }],
        service_account: { scopes: ['cloud-platform'] },
      }),
    { role: 'open', audit: 'open' },
  ],
  [
    'a role of the document is told from one whose name it begins with',
    (r) => {
      custom(r, 'Fix', HARMLESS);
      onProject(r, custom(r, 'Fix2', 'compute.firewalls.update'));
    },
    { launcher: 'open' },
  ],
  [
    'a role of the platform is told from one of the document with its name',
    (r) => {
      custom(r, 'Fix', HARMLESS, 'run.admin');
      onProject(r, 'roles/run.admin');
    },
    { launcher: 'open' },
  ],
  [
    'a role of another project is told from one of the document with its name',
    (r) => {
      custom(r, 'Fix', HARMLESS);
      onProject(r, 'projects/other/roles/fix');
    },
    { secrets: 'unproven', launcher: 'unproven' },
  ],
  ['the new basic role of an administrator', (r) => onProject(r, 'roles/admin'), ALMIGHTY],
  ['the new basic role of a writer makes keys', (r) => onProject(r, 'roles/writer'), ALMIGHTY],
  ['who makes entitlements takes any role', (r) => onProject(r, 'roles/privilegedaccessmanager.admin'), ALMIGHTY],
  [
    'who makes policies of a folder makes those of its projects',
    (r) =>
      add(r, 'folder_iam_member', 'F', {
        folder: 'folders/1',
        role: 'roles/resourcemanager.folderIamAdmin',
        member: SOMEBODY,
      }),
    ALMIGHTY,
  ],
  [
    'a role of the platform’s own agents',
    (r) => onProject(r, 'roles/container.serviceAgent'),
    { secrets: 'unproven', launcher: 'unproven' },
  ],
  [
    'who runs programs on machines by a policy of their system',
    (r) => onProject(r, 'roles/osconfig.osPolicyAssignmentAdmin'),
    { launcher: 'unproven' },
  ],
  [
    'who writes the metadata of all machines',
    (r) => onProject(r, custom(r, 'Fix', 'compute.projects.setCommonInstanceMetadata')),
    { launcher: 'open' },
  ],
  [
    'a permission near the network that nobody has judged',
    (r) => onProject(r, custom(r, 'Fix', 'networkconnectivity.policyBasedRoutes.create')),
    { launcher: 'unproven' },
  ],
  [
    'a member in capitals is the same account',
    (r) =>
      onProject(r, 'roles/viewer', `serviceAccount:${agentName(r).toUpperCase()}@acme-agents.iam.gserviceaccount.com`),
    { role: 'open' },
  ],
  [
    'a member that is made of what only apply knows may be the agent’s account',
    (r) => {
      r.random_id = { Id: {} };
      onProject(r, 'roles/viewer', 'serviceAccount:agent@${random_id.Id.hex}.iam.gserviceaccount.com');
    },
    { role: 'unproven', proxy: 'unproven' },
  ],
  [
    'a list of a bucket that names the agent’s account by its text',
    (r) => {
      const entity = `user-${agentName(r)}@acme-agents.iam.gserviceaccount.com`;
      add(r, 'storage_bucket_access_control', 'D', { bucket: 'b', role: 'WRITER', entity });
    },
    { model: 'unproven' },
  ],
  [
    'a data set that names the agent’s account in itself',
    (r) =>
      add(r, 'bigquery_dataset', 'D', {
        dataset_id: 'd',
        access: [{ role: 'WRITER', user_by_email: agentAccount(r) }],
      }),
    { model: 'unproven' },
  ],
  [
    'the proxy’s secret by its project’s number',
    (r) => secret(r, 'S', 'projects/123456789/secrets/coder-anthropic-key'),
    { secrets: 'unproven' },
  ],
  [
    'the proxy’s account by a number',
    (r) =>
      add(r, 'service_account_iam_member', 'S', {
        service_account_id: 'projects/acme-agents/serviceAccounts/112233445566778899001',
        ...{ role: 'roles/iam.serviceAccountTokenCreator', member: SOMEBODY },
      }),
    { secrets: 'unproven' },
  ],
  [
    'whoever speaks as each account of the project speaks as a proxy’s that no document holds',
    (r) => {
      const template = body(r, 'compute_region_instance_template');
      template.service_account = { email: 'px@acme-agents.iam.gserviceaccount.com', scopes: ['cloud-platform'] };
      onProject(r, 'roles/iam.serviceAccountTokenCreator');
    },
    { secrets: 'open', audit: 'unproven', proxy: 'unproven' },
  ],
  [
    'a secret of the proxy’s that no document holds, with another reader',
    (r) => {
      const legacy = 'projects/acme-agents/secrets/legacy';
      secret(r, 'S1', legacy, `serviceAccount:${proxyAccount(r)}`);
      secret(r, 'S2', legacy);
    },
    { secrets: 'open' },
  ],
  [
    'a proxy that writes logs under a condition',
    (r) => void (body(r, 'project_iam_member', 'logging.logWriter').condition = { title: 't', expression: 'false' }),
    { audit: 'unproven' },
  ],
  [
    'a proxy that writes logs under no condition, as a state shows it',
    (r) => void (body(r, 'project_iam_member', 'logging.logWriter').condition = []),
    {},
  ],
  ['the default sink switched off', (r) => sink(r, { disabled: true }), { audit: 'unproven' }],
  [
    'the default sink with exclusions',
    (r) => sink(r, { exclusions: [{ name: 'x', filter: 'a' }] }),
    { audit: 'unproven' },
  ],
  [
    'a sink of the folder takes records before the project',
    (r) =>
      add(r, 'logging_folder_sink', 'S', {
        name: 's',
        folder: 'folders/1',
        destination: 'x',
        intercept_children: true,
      }),
    { audit: 'unproven' },
  ],
  [
    'settings of a folder without default sinks',
    (r) => add(r, 'logging_folder_settings', 'S', { folder: 'folders/1', disable_default_sink: true }),
    { model: 'unproven' },
  ],
];
