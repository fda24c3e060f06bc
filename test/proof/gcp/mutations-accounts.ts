import type { Mutation } from './mutations';
import {
  add,
  agentAccount,
  agentNetwork,
  body,
  proxyAccount,
  type Raw,
  reference,
  remove,
  type Resources,
  run,
} from './reference';

const member = (account: string) => `serviceAccount:${account}`;
const container = (r: Resources) => (run(r).containers as Raw[])[0] as Raw;
const environment = (r: Resources) => container(r).env as Raw[];
const onProject = (r: Resources, name: string, role: string, who: string) =>
  add(r, 'project_iam_member', name, { role, member: who });

export const ACCOUNTS: readonly Mutation[] = [
  {
    protection: 'the agent has an account of its own',
    remove: (r) => void delete run(r).service_account,
    opens: ['role', 'audit'],
  },
  {
    protection: 'the agent doesn’t share the proxy’s account',
    remove: (r) => void (run(r).service_account = proxyAccount(r)),
    opens: ['role', 'secrets', 'audit'],
  },
  {
    protection: 'its account is in the document',
    remove: (r) => void (run(r).service_account = 'somebody@other.iam.gserviceaccount.com'),
    opens: [],
    unproven: ['role', 'audit'],
  },
  {
    protection: 'its account holds no role of the project',
    remove: (r) => onProject(r, 'Own', 'roles/storage.objectViewer', member(agentAccount(r))),
    opens: ['role'],
  },
  {
    protection: 'its account holds no role on anything',
    remove: (r) =>
      add(r, 'storage_bucket_iam_member', 'Own', {
        bucket: 'data',
        role: 'roles/storage.objectCreator',
        member: member(agentAccount(r)),
      }),
    opens: ['role'],
  },
  {
    protection: 'its account may not speak as the proxy',
    remove: (r) =>
      add(r, 'service_account_iam_member', 'As', {
        service_account_id: reference(r, 'service_account', 'Egress proxy', 'name'),
        role: 'roles/iam.serviceAccountTokenCreator',
        member: member(agentAccount(r)),
      }),
    opens: ['role', 'secrets', 'audit'],
  },
  {
    protection: 'no members nobody knows hold a role',
    remove: (r) => onProject(r, 'Some', 'roles/viewer', '${var.somebody}'),
    opens: [],
    unproven: ['role', 'proxy'],
  },
  {
    protection: 'no secret is in its environment',
    remove: (r) =>
      void environment(r).push({ name: 'KEY', value_source: { secret_key_ref: { secret: 'key', version: 'latest' } } }),
    opens: ['secrets'],
  },
  {
    protection: 'no secret is mounted into it',
    remove: (r) => void (run(r).volumes = [{ name: 's', secret: { secret: 'key' } }]),
    opens: ['secrets'],
  },
  {
    protection: 'no variable is shaped like a key',
    remove: (r) => void environment(r).push({ name: 'KEY', value: `sk-ant-${'a'.repeat(40)}` }),
    opens: [],
    unproven: ['secrets'],
  },
  {
    protection: 'the proxy’s secret has no other reader',
    remove: (r) =>
      add(r, 'secret_manager_secret_iam_member', 'Other', {
        secret_id: reference(r, 'secret_manager_secret', 'coder-anthropic-key', 'secret_id'),
        role: 'roles/secretmanager.secretAccessor',
        member: 'user:someone@acme.example',
      }),
    opens: ['secrets'],
  },
  {
    protection: 'nobody reads every secret of the project',
    remove: (r) => onProject(r, 'All', 'roles/secretmanager.secretAccessor', 'group:all@acme.example'),
    opens: ['secrets'],
  },
  {
    protection: 'no key of the proxy’s account is made',
    remove: (r) =>
      add(r, 'service_account_key', 'Key', {
        service_account_id: reference(r, 'service_account', 'Egress proxy', 'name'),
      }),
    opens: ['secrets'],
  },
  {
    protection: 'nobody but named callers may start it',
    remove: (r) =>
      add(r, 'cloud_run_v2_job_iam_member', 'Any', {
        name: reference(r, 'cloud_run_v2_job', '', 'name'),
        location: 'europe-west1',
        role: 'roles/run.invoker',
        member: 'allUsers',
      }),
    opens: ['launcher'],
  },
  {
    protection: 'nobody may change the job',
    remove: (r) =>
      add(r, 'cloud_run_v2_job_iam_member', 'Dev', {
        name: reference(r, 'cloud_run_v2_job', '', 'name'),
        location: 'europe-west1',
        role: 'roles/run.developer',
        member: 'group:developers@acme.example',
      }),
    opens: ['launcher'],
  },
  {
    protection: 'nobody may change the project’s networks',
    remove: (r) => onProject(r, 'Net', 'roles/compute.securityAdmin', 'group:net@acme.example'),
    opens: ['launcher'],
  },
  {
    protection: 'no role that the document makes changes them',
    remove: (r) => {
      add(r, 'project_iam_custom_role', 'Role', {
        role_id: 'fixer',
        title: 'Fixer',
        permissions: ['compute.firewalls.update'],
      });
      onProject(r, 'Fixer', '${google_project_iam_custom_role.Role.id}', 'group:net@acme.example');
    },
    opens: ['launcher'],
  },
  {
    protection: 'the proxy may write logs',
    remove: (r) => remove(r, 'project_iam_member', 'logging.logWriter'),
    opens: ['audit'],
  },
  {
    protection: 'the agent may not write logs',
    remove: (r) => onProject(r, 'Log', 'roles/logging.logWriter', member(agentAccount(r))),
    opens: ['role', 'audit'],
  },
  {
    protection: 'no record is dropped',
    remove: (r) => add(r, 'logging_project_exclusion', 'Drop', { name: 'drop', filter: 'resource.type=gce_instance' }),
    opens: [],
    unproven: ['audit'],
  },
  {
    protection: 'no type that the proof doesn’t know names the network',
    remove: (r) =>
      add(r, 'redis_instance', 'Cache', { name: 'cache', authorized_network: agentNetwork(r), memory_size_gb: 1 }),
    opens: [],
    unproven: ['model'],
  },
  {
    protection: 'nothing of another cloud is in the document',
    remove: (r) => void (r.azurerm_virtual_network = { Vnet: { address_space: ['10.0.0.0/16'] } }),
    opens: [],
    unproven: ['model'],
  },
  {
    protection: 'no block is made by an expression',
    remove: (r) =>
      void (body(r, 'compute_firewall', '"coder-agent-agent-to-window"').dynamic = {
        allow: { for_each: '${var.more}', content: {} },
      }),
    opens: [],
    unproven: ['model'],
  },
];
