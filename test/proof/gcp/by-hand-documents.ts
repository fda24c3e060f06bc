import { type ByHand, deny } from './by-hand';
import { add, body, entry, type Raw, type Resources, run } from './reference';

const UNREAD = { model: 'unproven' } as const;

/** The reference job as a service. */
function service(r: Resources, more: Raw): void {
  add(r, 'cloud_run_v2_service', 'Agent', {
    ...{ name: 'svc', location: 'europe-west1', labels: { 'anchorhold-workload': 'agent' } },
    ...{ ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY', template: run(r), ...more },
  });
}

/** What runs, and what Terraform itself does. */
export const DOCUMENTS_BY_HAND: readonly ByHand[] = [
  ['the reference job as a service', (r) => service(r, {}), {}],
  [
    'requests that are sent to an older revision',
    (r) =>
      service(r, {
        traffic: [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION', revision: 'svc-00001-abc', percent: 100 }],
      }),
    {
      ...{ ip: 'unproven', dns: 'unproven', 'cloud-api': 'unproven', inbound: 'unproven', neighbour: 'unproven' },
      launcher: 'unproven',
    },
  ],
  [
    'the serial console, by what a group gives all its machines',
    (r) => {
      const metadata = { 'serial-port-enable': 'TRUE' };
      body(r, 'compute_region_instance_group_manager').all_instances_config = { metadata };
    },
    { proxy: 'open' },
  ],
  [
    'a program that runs on the machine that deploys',
    (r) =>
      void (r.terraform_data = { X: { provisioner: [{ 'local-exec': { command: 'gcloud compute networks list' } }] } }),
    UNREAD,
  ],
  [
    'a network that is taken over was made by somebody else',
    (r) => ({
      import: [{ to: `google_compute_network.${entry(r, 'compute_network', '"coder-agent"')[0]}`, id: 'coder-agent' }],
    }),
    UNREAD,
  ],
  [
    'a rule that Terraform lets go and the cloud keeps',
    () => ({ removed: [{ from: 'google_compute_firewall.old', lifecycle: { destroy: false } }] }),
    UNREAD,
  ],
  ['a refusal whose changes are ignored', (r) => void (deny(r).lifecycle = { ignore_changes: ['disabled'] }), UNREAD],
  [
    'an entitlement to be an owner for an hour',
    (r) =>
      add(r, 'privileged_access_manager_entitlement', 'E', { entitlement_id: 'e', parent: 'projects/acme-agents' }),
    UNREAD,
  ],
  [
    'a policy of the machines’ system, for all of them',
    (r) => add(r, 'os_config_os_policy_assignment', 'E', { name: 'e', instance_filter: { all: true } }),
    UNREAD,
  ],
  [
    'a deployment of whatever its text says',
    (r) => add(r, 'deployment_manager_deployment', 'E', { name: 'e' }),
    UNREAD,
  ],
  [
    'a function with the label of an agent',
    (r) => add(r, 'cloudfunctions2_function', 'E', { name: 'e', labels: { 'anchorhold-workload': 'agent' } }),
    UNREAD,
  ],
];
