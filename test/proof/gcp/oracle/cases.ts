import type { Verdict } from '../../../../lib/proof';
import { ACCESS, account, agent, type Form, network, ref, type Resources, SHUT, sink, written } from './cell';
import { asPlan } from './plan';
import type { Simulated } from './simulate';
import type { Document, Fields } from './world';

/** One document on which simulation and proof once disagreed, or nearly. */
export interface Case {
  readonly name: string;
  readonly claim: Simulated;
  readonly document: Document;
  readonly seen: object;
  readonly leaks: boolean;
  readonly verdict: Verdict;
}

interface Shape {
  readonly form?: Form;
  readonly template?: Fields;
  readonly more?: Resources;
  readonly isPlan?: boolean;
}

function one(
  name: string,
  claim: Simulated,
  [leaks, verdict]: readonly [boolean, Verdict],
  { form = 'job', template = {}, more = {}, isPlan = false }: Shape = {},
): Case {
  const document = written({ ...SHUT, ...agent(form, { vpc_access: ACCESS, ...template }), ...more });
  return { name, claim, document, seen: isPlan ? asPlan(document) : document, leaks, verdict };
}

const OPEN = [true, 'open'] as const;
const DOUBT = [true, 'unproven'] as const;
const CLOSED = [false, 'closed'] as const;
const AGENT = 'serviceAccount:agent@acme.iam.gserviceaccount.com';
const PROXY = `serviceAccount:${account('proxy')}`;
const SOMEBODY = 'user:somebody@corp.example';
const grant = (role: string, member: string): Resources => ({
  'project_iam_member.more': { project: 'acme', role: `roles/${role}`, member },
});

/** What each document says is in its name. */
export const CASES: readonly Case[] = [
  one('an agent in a network without a route, whose names are answered', 'ip', CLOSED),
  one('the same in a plan', 'ip', CLOSED, { isPlan: true }),
  one('the names of that network', 'dns', CLOSED),
  one('egress that isn’t written out', 'ip', OPEN, {
    template: { vpc_access: { network_interfaces: ACCESS.network_interfaces } },
  }),
  one('an e-mail that is written out is the account that is named by reference', 'role', OPEN, {
    more: grant('viewer', AGENT),
    isPlan: true,
  }),
  one('the account of the proxy, though the document holds no secret', 'secrets', OPEN, {
    template: { service_account: account('proxy') },
  }),
  one('an editor of the project makes a key of the proxy’s account', 'secrets', OPEN, {
    more: grant('editor', SOMEBODY),
  }),
  one('an agent that may speak as the proxy writes its log', 'audit', OPEN, {
    more: grant('iam.serviceAccountTokenCreator', AGENT),
  }),
  one('an agent that may make policies writes any log', 'audit', OPEN, {
    more: grant('resourcemanager.projectIamAdmin', AGENT),
  }),
  one('a proxy that writes logs in another project', 'audit', OPEN, {
    more: { 'project_iam_member.log': { project: 'other', role: 'roles/logging.logWriter', member: PROXY } },
  }),
  one('a proxy that writes logs in an organisation which may be another', 'audit', DOUBT, {
    more: {
      'project_iam_member.log': { project: 'acme', role: 'roles/viewer', member: PROXY },
      'organization_iam_member.log': { org_id: '1', role: 'roles/logging.logWriter', member: PROXY },
    },
  }),
  one('a proxy that says where logs go, and writes none for all one knows', 'audit', DOUBT, {
    more: { 'project_iam_member.log': { project: 'acme', role: 'roles/logging.configWriter', member: PROXY } },
  }),
  one('an account that no document holds may write logs', 'audit', DOUBT, {
    template: { service_account: 'elsewhere@other.iam.gserviceaccount.com' },
  }),
  one('a longer name that is answered in TXT alone leaves its addresses to servers outside', 'dns', OPEN, {
    more: { 'dns_response_policy_rule.more': sink('*.partner.example.', ['TXT']) },
  }),
  one('a longer name that is answered in one family', 'dns', DOUBT, {
    more: { 'dns_response_policy_rule.more': sink('*.partner.example.', ['A']) },
  }),
  one('a longer name that is answered in both', 'dns', CLOSED, {
    more: { 'dns_response_policy_rule.more': sink('*.partner.example.', ['A', 'AAAA']) },
  }),
  one('an owner of the project may call every service of it, and everybody is one', 'inbound', OPEN, {
    form: 'service',
    more: grant('owner', 'allAuthenticatedUsers'),
  }),
  one('an interface without a subnet is in the one with its network’s name', 'cloud-api', OPEN, {
    template: { vpc_access: { ...ACCESS, network_interfaces: [{ network: network('agents'), tags: ['agent'] }] } },
    more: {
      'compute_subnetwork.agents': {
        ...{ name: 'agents', network: network('agents'), ip_cidr_range: '10.10.0.0/24' },
        private_ip_google_access: true,
      },
      'compute_route.google': {
        ...{ name: 'google', network: network('agents'), dest_range: '199.36.153.8/30' },
        next_hop_gateway: 'default-internet-gateway',
      },
      'compute_firewall.google': {
        ...{ network: network('agents'), direction: 'EGRESS', destination_ranges: ['199.36.153.8/30'], priority: 10 },
        allow: [{ protocol: 'tcp', ports: ['443'] }],
      },
    },
  }),
  one('who may change an account may change the agent’s, if it has that one', 'launcher', DOUBT, {
    template: { service_account: '${var.Account}' },
    more: {
      'service_account_iam_member.more': {
        service_account_id: ref('service_account', 'agent', 'name'),
        ...{ role: 'roles/iam.securityAdmin', member: SOMEBODY },
      },
    },
  }),
];
