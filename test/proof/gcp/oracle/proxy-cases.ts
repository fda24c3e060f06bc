import type { Verdict } from '../../../../lib/proof';
import {
  ACCESS,
  account,
  agent,
  type Form,
  machine,
  network,
  ref,
  type Resources,
  SHUT,
  subnet,
  written,
} from './cell';
import type { Case } from './cases';
import { KEPT, PROXY, proxyMachine, tool } from './proxy-cell';

type Answer = readonly [leaks: boolean, verdict: Verdict];
const OPEN: Answer = [true, 'open'];
const DOUBT: Answer = [true, 'unproven'];
const CLOSED: Answer = [false, 'closed'];

function one(
  name: string,
  claim: 'proxy' | 'tool',
  [leaks, verdict]: Answer,
  more: Resources = {},
  form: Form = 'job',
): Case {
  const document = written({ ...SHUT, ...agent(form, { vpc_access: ACCESS }), ...KEPT, ...tool('service'), ...more });
  return { name, claim, document, seen: document, leaks, verdict };
}

const TOOL = `serviceAccount:${account('tool')}`;
const third = (role: string): Resources => ({
  'service_account.third': { account_id: 'third' },
  'project_iam_member.third': { project: 'acme', role: `roles/${role}`, member: `serviceAccount:${account('third')}` },
});
const speaks = (as: string, member: string): Resources => ({
  'service_account_iam_member.speaks': {
    ...{ service_account_id: ref('service_account', as, 'name'), role: 'roles/iam.serviceAccountTokenCreator', member },
  },
});
const made = (permission: string, member: string): Resources => ({
  'secret_manager_secret.key': { secret_id: 'key', replication: { auto: {} } },
  'project_iam_custom_role.made': { role_id: 'made', title: 'made', permissions: [permission] },
  'secret_manager_secret_iam_member.made': {
    ...{
      secret_id: ref('secret_manager_secret', 'key', 'secret_id'),
      role: ref('project_iam_custom_role', 'made'),
      member,
    },
  },
});
const console = (value: string) => ({ 'compute_project_metadata.all': { metadata: { 'serial-port-enable': value } } });
const unsaid = proxyMachine({ metadata: { 'block-project-ssh-keys': 'TRUE' } });

/** The proxy's and the tool's of Google Cloud; what each says is in its name. */
export const PROXY_CASES: readonly Case[] = [
  one('a proxy that dials HTTPS and answers its window', 'proxy', CLOSED),
  one('a tool that its proxy alone may call', 'tool', CLOSED),
  ...(
    [
      ['proxy', PROXY],
      ['tool', TOOL],
    ] as const
  ).flatMap(([claim, member]) => [
    one(`the ${claim} may speak as an account that holds a role of the project`, claim, OPEN, {
      ...third('editor'),
      ...speaks('third', member),
    }),
    one(`the ${claim} may speak as one that writes records alone`, claim, CLOSED, {
      ...third('logging.logWriter'),
      ...speaks('third', member),
    }),
    one(`the ${claim} may speak as an account of another project`, claim, DOUBT, {
      'service_account_iam_member.speaks': {
        service_account_id: 'projects/other/serviceAccounts/elsewhere@other.iam.gserviceaccount.com',
        ...{ role: 'roles/iam.serviceAccountTokenCreator', member },
      },
    }),
    one(
      `a role of the document by which the ${claim} gives a secret to others`,
      claim,
      OPEN,
      made('secretmanager.secrets.setIamPolicy', member),
    ),
    one(
      `a role of the document by which the ${claim} looks at a secret`,
      claim,
      CLOSED,
      made('secretmanager.secrets.get', member),
    ),
  ]),
  one('a serial console that the project opens', 'proxy', OPEN, { ...console('TRUE'), ...unsaid }),
  one('a serial console that the project opens and the machine shuts', 'proxy', CLOSED, console('TRUE')),
  one('a serial console that the project opens by one item', 'proxy', OPEN, {
    'compute_project_metadata_item.serial': { key: 'serial-port-enable', value: 'TRUE' },
    ...unsaid,
  }),
  one(
    'a machine with another interface in the agents’ network, beside a pool of workers',
    'proxy',
    OPEN,
    {
      'compute_firewall.more': {
        ...{ network: network('agents'), direction: 'EGRESS', priority: 10, destination_ranges: ['10.10.0.0/24'] },
        ...{ allow: [{ protocol: 'tcp', ports: ['443'] }], target_service_accounts: [account('proxy')] },
      },
      'compute_firewall.pool': {
        ...{ network: network('agents'), direction: 'INGRESS', priority: 10, source_ranges: ['10.10.0.0/24'] },
        allow: [{ protocol: 'tcp', ports: ['443'] }],
      },
      ...proxyMachine({ network_interface: [{ subnetwork: subnet('proxies') }, { subnetwork: subnet('agents') }] }),
    },
    'worker_pool',
  ),
  one(
    'an agent that may speak as the proxy calls the tool as the proxy',
    'tool',
    OPEN,
    speaks('proxy', `serviceAccount:${account('agent')}`),
  ),
  one('a key of the proxy’s account', 'tool', OPEN, {
    'service_account_key.made': { service_account_id: ref('service_account', 'proxy', 'name') },
  }),
  one('machines of somebody else’s beside the proxy, which nothing lets in', 'proxy', CLOSED, {
    ...third('logging.logWriter'),
    ...machine('third', 'proxies'),
  }),
];
