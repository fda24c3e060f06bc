import fc from 'fast-check';
import { account, machine, network, ref, type Resources } from './cell';
import { maybeCount } from './choices';
import { tokenWalls } from './generate-proxies';
import { AMONG_PROXIES, PROXY, ruled, tool, type ToolForm } from './proxy-cell';
import type { Fields } from './world';

const form = fc.constantFrom<ToolForm>('service', 'service', 'service', 'job', 'worker_pool', 'machine');

/** A tool as it should be, or given another account, or answering whom it shouldn't. */
export const someTool: fc.Arbitrary<{ readonly form: ToolForm; readonly resources: Resources }> = fc
  .tuple(
    form,
    fc.constantFrom<Fields>(
      ...[{}, {}, {}, {}, {}, {}, {}, {}, {}, {}],
      ...[{}, {}, {}, {}, { service_account: account('proxy') }, { service_account: undefined }],
      ...[{ service_account: '${var.Account}' }, { service_account: 'elsewhere@other.iam.gserviceaccount.com' }],
    ),
    fc.constantFrom<Fields>(
      ...[{}, {}, {}, {}, {}, {}, {}, {}, {}, {}],
      ...[{}, {}, {}, {}, { ingress: 'INGRESS_TRAFFIC_ALL' }, { ingress: '${var.Ingress}' }, { ingress: undefined }],
      ...[{ ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER' }, { invoker_iam_disabled: true }],
      ...[{ invoker_iam_disabled: '${var.Flag}' }, { invoker_iam_disabled: false }],
    ),
  )
  .map(([its, template, more]) => {
    const isListening = its === 'worker_pool' || its === 'machine';
    const placed = its === 'worker_pool' ? { vpc_access: AMONG_PROXIES, ...template } : template;
    const machines = 'service_account' in template ? { service_account: { email: template.service_account } } : {};
    return {
      form: its,
      resources: tool(its, placed, its === 'service' ? more : isListening && its === 'machine' ? machines : {}),
    };
  });

const member = fc.constantFrom(
  ...[
    PROXY,
    PROXY,
    `serviceAccount:${account('agent')}`,
    `serviceAccount:${account('third')}`,
    'user:somebody@corp.example',
  ],
  ...['allUsers', 'allAuthenticatedUsers', '${var.Member}', 'serviceAccount:proxy@acme.iam.gserviceaccount.com'],
);
const role = fc.constantFrom(
  ...[
    'run.invoker',
    'run.invoker',
    'run.invoker',
    'run.viewer',
    'run.developer',
    'run.admin',
    'viewer',
    'iam.securityAdmin',
  ],
);

/** Who else may call it: on itself, on another, or on all of its project. */
const callers = (its: ToolForm): fc.Arbitrary<Resources> =>
  fc
    .tuple(
      fc.constantFrom('itself', 'itself', 'itself', 'another', 'project', 'folder'),
      role,
      member,
      fc.boolean(),
      maybeCount,
    )
    .map(([where, name, one, isBinding, count]): Resources => {
      const type = its === 'job' ? 'cloud_run_v2_job' : 'cloud_run_v2_service';
      const [on, settings] = {
        itself: [type, { name: ref(type, 'tool', 'name') }],
        another: [type, { name: ref(type, 'another', 'name') }],
        project: ['project', { project: 'acme' }],
        folder: ['folder', { folder: 'folders/1' }],
      }[where] as [string, Fields];
      const held = { role: `roles/${name}`, ...(isBinding ? { members: [one] } : { member: one }) };
      return {
        'service_account.third': { account_id: 'third' },
        [`${type}.another`]: { name: 'another', location: 'r', template: {} },
        [`${on}_iam_${isBinding ? 'binding' : 'member'}.caller`]: { ...settings, ...held, ...count },
      };
    });

/** Who may speak as the proxy, and so call it. */
const speakers = fc
  .tuple(
    fc.constantFrom('proxy', 'proxy', 'agent'),
    fc.constantFrom('TokenCreator', 'User', 'KeyAdmin'),
    member,
    fc.boolean(),
    maybeCount,
  )
  .map(([whose, what, one, isKey, count]): Resources => {
    const service_account_id = ref('service_account', whose, 'name');
    return isKey
      ? { 'service_account_key.made': { service_account_id } }
      : {
          'service_account_iam_member.speaker': {
            ...{ service_account_id, role: `roles/iam.serviceAccount${what}`, member: one, ...count },
          },
        };
  });

/** What stands before it on the internet. */
const groups = fc
  .constantFrom<Fields>({ service: ref('cloud_run_v2_service', 'tool', 'name') }, { service: 'another' })
  .map((cloud_run): Resources => ({
    'compute_region_network_endpoint_group.front': {
      name: 'front',
      region: 'r',
      network_endpoint_type: 'SERVERLESS',
      cloud_run,
    },
  }));

/** What gets packets into the network where a tool that listens is. */
const packets = fc
  .tuple(
    fc.constantFrom(['10.20.0.0/24'], ['10.20.9.0/24'], ['0.0.0.0/0'], ['${var.Range}']),
    fc.constantFrom<Fields>(
      {},
      {},
      { target_service_accounts: [account('tool')] },
      { target_tags: ['nobody'] },
      { disabled: true },
    ),
    fc.boolean(),
  )
  .map(([source_ranges, whose, isThird]): Resources => ({
    'compute_firewall.tool': ruled('INGRESS', { source_ranges, allow: [{ protocol: 'tcp' }], ...whose }),
    ...(isThird && { 'service_account.third': { account_id: 'third' }, ...machine('third', 'proxies') }),
    ...(!isThird && { 'compute_ha_vpn_gateway.gate': { name: 'gate', network: network('proxies') } }),
  }));

/** Mistakes around a tool of a form. */
export const toolWalls = (its: ToolForm): fc.Arbitrary<Resources> =>
  fc.oneof(
    { weight: its === 'worker_pool' || its === 'machine' ? 0 : 4, arbitrary: callers(its) },
    { weight: its === 'service' ? 1 : 0, arbitrary: groups },
    { weight: 2, arbitrary: speakers },
    { weight: 2, arbitrary: packets },
    { weight: 3, arbitrary: tokenWalls(`serviceAccount:${account('tool')}`) },
  );
