import { prove, type Report } from '../../../lib/proof';
import type { Expected } from './by-hand';
import { ACCOUNTS_BY_HAND } from './by-hand-accounts';
import { DOCUMENTS_BY_HAND } from './by-hand-documents';
import { IDENTITY_BY_HAND } from './by-hand-identity';
import { NETWORK_BY_HAND } from './by-hand-network';
import { ADDRESSES_BY_HAND, SERVICES_BY_HAND, VALUES_BY_HAND } from './by-hand-values';
import { ACCESS, agent, SHUT, written } from './oracle/cell';
import { asPlan } from './oracle/plan';
import { judged, type Raw, referenceResources, run } from './reference';

const REFERENCE = referenceResources();

function opened({ findings }: Report): Expected {
  const found: Record<string, Expected[string]> = {};
  for (const { claim, verdict } of findings)
    if (verdict !== 'closed' && found[claim] !== 'open') found[claim] = verdict;
  return found;
}

test.each([
  ...NETWORK_BY_HAND,
  ...VALUES_BY_HAND,
  ...ADDRESSES_BY_HAND,
  ...SERVICES_BY_HAND,
  ...ACCOUNTS_BY_HAND,
  ...IDENTITY_BY_HAND,
  ...DOCUMENTS_BY_HAND,
])('%s', (_name, put, expected) => {
  const resources = structuredClone(REFERENCE);
  const sections = put(resources);
  expect(opened(judged(resources, {}, sections ?? {}))).toEqual(expected);
});

test('what translates for a network that no document holds isn’t known, in either family', () => {
  const resources = structuredClone(REFERENCE);
  const elsewhere = { network: 'projects/other/global/networks/n', tags: ['agent'] };
  run(resources).vpc_access = { egress: 'ALL_TRAFFIC', network_interfaces: [elsewhere] };
  const byIp = judged(resources).findings.filter(({ claim }) => claim === 'ip');
  expect(byIp.map(({ destination, verdict }) => [destination, verdict])).toEqual([
    ['the internet (IPv4)', 'unproven'],
    ['the internet (IPv6)', 'unproven'],
  ]);
});

interface Plan {
  readonly planned_values: { readonly root_module: { resources: Raw[] } };
  readonly resource_changes: { readonly address: string; change: Raw }[];
}

/** A plan of a closed cell, changed. */
function planned(put: (plan: Plan) => void): Expected {
  // Made by asPlan, which says no more than object.
  const plan = structuredClone(asPlan(written({ ...SHUT, ...agent('job', { vpc_access: ACCESS }) }))) as Plan;
  put(plan);
  return opened(prove([{ name: 'plan', document: plan }]));
}

const NETWORK = 'google_compute_network.agents';
const change = ({ resource_changes }: Plan, address: string) =>
  resource_changes.find((one) => one.address === address) ?? { address, change: {} };

test('a plan that turns the deletion of default routes on later removes none', () => {
  const before = planned(() => undefined);
  expect(before.ip).toBeUndefined();
  const update = (plan: Plan) => {
    Object.assign(change(plan, NETWORK).change, {
      actions: ['update'],
      before: { delete_default_routes_on_create: false },
    });
    // The rule that would hold it too.
    plan.planned_values.root_module.resources = plan.planned_values.root_module.resources.map((one) =>
      one.address === 'google_compute_firewall.out'
        ? { ...one, values: { ...(one.values as Raw), disabled: true } }
        : one,
    );
    const nat = { router: 'r', source_subnetwork_ip_ranges_to_nat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' };
    for (const [type, values] of Object.entries({
      google_compute_router: { name: 'r', network: 'agents' },
      google_compute_router_nat: nat,
    })) {
      const address = `${type}.out`;
      plan.planned_values.root_module.resources.push({ address, mode: 'managed', type, name: 'out', values });
      plan.resource_changes.push({ address, change: { actions: ['create'], after: values, after_unknown: {} } });
    }
  };
  expect(planned(update).ip).toBe('unproven');
  const made = (plan: Plan) => (update(plan), void (change(plan, NETWORK).change.actions = ['delete', 'create']));
  expect(planned(made).ip).toBeUndefined();
});

test('a plan that forgets a resource, or leaves one out that is written, isn’t whole', () => {
  const before = planned(() => undefined);
  expect(before.model).toBeUndefined();
  const forget = (plan: Plan) =>
    void plan.resource_changes.push({ address: 'google_compute_firewall.old', change: { actions: ['forget'] } });
  expect(planned(forget).model).toBe('unproven');
  const less = ({ planned_values: { root_module } }: Plan) =>
    void (root_module.resources = root_module.resources.filter((one) => one.address !== 'google_compute_firewall.in'));
  expect(planned(less).model).toBe('unproven');
});
