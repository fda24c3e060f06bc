import type { Grant, Grants } from './gcp-grants';
import { keyOf, type Truth, Unknown, unknownIn } from './value';

/** What a role may be feared for. */
export type Power =
  /** Changes what holds a workload: its definition, network, names, firewall, or who may. */
  | 'loosen'
  /** Reads what secrets hold. */
  | 'read-secrets'
  /** Speaks as a service account. */
  | 'impersonate'
  /** Writes or removes logs, or says where they go. */
  | 'logs'
  /** Writes records. */
  | 'write-logs'
  /** Calls a service, or starts a job. */
  | 'invoke';

/** Who makes policies, or may take any role for a while, may do everything. */
const ALMIGHTY: ReadonlySet<string> = new Set([
  ...['owner', 'admin', 'iam.securityAdmin', 'privilegedaccessmanager.admin'],
  ...['projectIamAdmin', 'folderAdmin', 'folderIamAdmin', 'organizationAdmin'].map((one) => `resourcemanager.${one}`),
]);

/** Roles of the platform that have a power besides; `roles/` left out. */
const ROLES: Readonly<Record<Power, ReadonlySet<string>>> = {
  loosen: new Set([
    ...['editor', 'writer', 'run.admin', 'run.developer', 'run.sourceDeveloper', 'run.builder'],
    ...[
      'compute.admin',
      'compute.networkAdmin',
      'compute.securityAdmin',
      'compute.instanceAdmin',
      'compute.instanceAdmin.v1',
    ],
    ...[
      'compute.orgFirewallPolicyAdmin',
      'compute.orgSecurityPolicyAdmin',
      'compute.orgSecurityResourceAdmin',
      'compute.xpnAdmin',
      'compute.loadBalancerAdmin',
    ],
    ...[
      'dns.admin',
      'vpcaccess.admin',
      'servicenetworking.networksAdmin',
      'networkconnectivity.hubAdmin',
      'networkconnectivity.spokeAdmin',
    ],
    ...[
      'networksecurity.admin',
      'iam.roleAdmin',
      'iam.serviceAccountAdmin',
      'iam.organizationRoleAdmin',
      'iam.denyAdmin',
    ],
    ...[
      'orgpolicy.policyAdmin',
      'accesscontextmanager.policyAdmin',
      'deploymentmanager.editor',
      'config.admin',
      'config.agent',
      'cloudbuild.builds.builder',
      'clouddeploy.jobRunner',
      'serverless.serviceAgent',
      'cloudfunctions.admin',
      'appengine.deployer',
    ],
  ]),
  'read-secrets': new Set(['secretmanager.admin', 'secretmanager.secretAccessor']),
  impersonate: new Set([
    ...[
      // Makes keys of accounts.
      'editor',
      'writer',
      'iam.serviceAccountTokenCreator',
      'iam.serviceAccountKeyAdmin',
      'iam.workloadIdentityUser',
      'iam.serviceAccountOpenIdTokenCreator',
    ],
    'iam.serviceAccountAdmin',
  ]),
  logs: new Set([
    'editor',
    'writer',
    'logging.admin',
    'logging.configWriter',
    'logging.bucketWriter',
    'logging.logWriter',
  ]),
  'write-logs': new Set(['owner', 'editor', 'writer', 'logging.admin', 'logging.logWriter']),
  invoke: new Set([
    ...['editor', 'writer', 'run.admin', 'run.developer', 'run.invoker', 'run.servicesInvoker', 'run.sourceDeveloper'],
    ...['run.jobsExecutor', 'run.jobsExecutorWithOverrides', 'serverless.serviceAgent'],
  ]),
};

const PERMISSIONS: Readonly<Record<Power, RegExp>> = {
  loosen:
    /^(?:run\.(?:jobs|services|workerpools)\.(?:create|update|delete|setIamPolicy)|compute\.(?:projects|firewalls|firewallPolicies|regionFirewallPolicies|networks|subnetworks|routes|routers|instances|instanceTemplates|instanceGroupManagers|forwardingRules|serviceAttachments|backendServices|regionBackendServices|vpnGateways|vpnTunnels|interconnectAttachments|globalForwardingRules)\.(?:create|update|patch|delete|insert|set\w*|add\w*|remove\w*|updatePolicy|updatePeering|attachAccessConfig|use)|dns\.(?:responsePolicies|responsePolicyRules|policies|managedZones|resourceRecordSets)\.(?:create|update|delete)|iam\.roles\.(?:create|update)|iam\.serviceAccounts\.setIamPolicy|resourcemanager\.(?:projects|folders|organizations)\.setIamPolicy|orgpolicy\.\w+\.\w+|vpcaccess\.connectors\.(?:create|update|use)|servicenetworking\.services\.addPeering)$/,
  'read-secrets':
    /^(?:secretmanager\.(?:versions\.access|secrets\.setIamPolicy)|resourcemanager\.(?:projects|folders|organizations)\.setIamPolicy)$/,
  impersonate:
    /^(?:iam\.(?:serviceAccounts\.(?:getAccessToken|getOpenIdToken|signBlob|signJwt|implicitDelegation|setIamPolicy)|serviceAccountKeys\.create)|resourcemanager\.(?:projects|folders|organizations)\.setIamPolicy)$/,
  logs: /^logging\.(?:logEntries\.create|logs\.delete|buckets\.(?:delete|update|write)|sinks\.(?:create|update|delete)|exclusions\.(?:create|update))$/,
  'write-logs': /^logging\.logEntries\.create$/,
  invoke:
    /^(?:run\.(?:routes\.invoke|jobs\.run\w*|(?:jobs|services)\.setIamPolicy)|resourcemanager\.(?:projects|folders|organizations)\.setIamPolicy)$/,
};

/** Services whose roles may have a power; a role of another is about something else. */
const NEAR: Readonly<Record<Power, RegExp>> = {
  loosen:
    /^(?:run|compute|dns|vpcaccess|servicenetworking|network\w+|iam|resourcemanager|orgpolicy|accesscontextmanager|deploymentmanager|config|cloudbuild|clouddeploy|cloudfunctions|appengine|serverless|privilegedaccessmanager|osconfig|serviceusage|firebase)\./,
  'read-secrets': /^secretmanager\./,
  impersonate: /^iam\./,
  logs: /^logging\./,
  'write-logs': /^logging\./,
  invoke: /^run\./,
};

// Roles that only look, start what is defined, or let a workload use what is there.
const HARMLESS =
  /(?:viewer|reader|consumer|invoker|browser|auditor|serviceAccountUser|serviceAccountViewer|networkUser|networkViewer|jobsExecutor|jobsExecutorWithOverrides|osLogin|secretVersionAdder|metricWriter|logWriter|secretAccessor|serviceAccountTokenCreator|workloadIdentityUser|serviceAccountKeyAdmin|serviceAccountOpenIdTokenCreator|publicIpAdmin|storageAdmin|imageUser|peer)$/i;

// Permissions that only look, use what is there, or start what is defined.
const LOOKS =
  /\.(?:get\w*|list\w*|search\w*|test\w*|use\w*|view\w*|read\w*|query\w*|invoke|run|runWithOverrides|cancel|actAs|osLogin|access\w*|signBlob|signJwt|implicitDelegation)$/;

/** Whether a grant gives a power, as sure as its role is known. */
export function gives(grant: Grant, power: Power, grants: Grants): Truth {
  const before = known.get(grant)?.[power];
  if (before !== undefined) return before;
  const found = work(grant, power, grants);
  known.set(grant, { ...known.get(grant), [power]: found });
  return found;
}

const known = new WeakMap<Grant, Partial<Record<Power, Truth>>>();

function work(grant: Grant, power: Power, grants: Grants): Truth {
  const { role, unknownRole } = grant;
  if (unknownRole) return unknownRole;
  if (role === undefined) return false;
  const custom = grants.permissionsOf(grant);
  if (custom) {
    const keys = custom.map((one) => (unknownIn(one) ? undefined : keyOf(one)));
    if (keys.some((key) => key !== undefined && PERMISSIONS[power].test(key))) return true;
    const doubted = keys.some(
      (key) =>
        key === undefined ||
        (power === 'loosen' && NEAR.loosen.test(key) && !LOOKS.test(key)) ||
        (power === 'impersonate' && key === 'iam.serviceAccounts.actAs'),
    );
    return doubted ? unread(grant, power) : false;
  }
  const name = /^roles\/(.+)$/.exec(role)?.[1];
  if (name === undefined) return unread(grant, power);
  if (ROLES[power].has(name) || (power !== 'write-logs' && ALMIGHTY.has(name))) return true;
  // What the platform's own agents may do is written nowhere for good.
  if (/serviceAgent$/i.test(name)) return unread(grant, power);
  // Whoever may let something run as an account has its token, once he may make what runs: here or in another project.
  if (power === 'impersonate' && name === 'iam.serviceAccountUser') return unread(grant, power);
  return NEAR[power].test(name) && !HARMLESS.test(name) ? unread(grant, power) : false;
}

function unread({ id, role }: Grant, power: Power): Unknown {
  const feared: Readonly<Record<Power, string>> = {
    loosen: 'changes nothing around the agent',
    'read-secrets': 'reads no secret of the proxy’s',
    impersonate: 'speaks as no account of the proxy’s',
    logs: 'changes no log of the proxy’s',
    'write-logs': 'writes records',
    invoke: 'calls no tool',
  };
  return Unknown.of(`role(${id}.${power})`, `${role ?? 'the role'}, which ${id} grants, ${feared[power]}`);
}
