import type { Raw, Resources } from './reference';

/**
 * A configuration of about `count` resources as large projects have them: subnets, rules by tag, routes, machines, jobs
 * with accounts of their own, grants, names.
 */
export function largeConfiguration(count: number): Resources {
  const network = '${google_compute_network.main.id}';
  const resources: Resources = {
    google_compute_network: {
      main: { name: 'main', auto_create_subnetworks: false, delete_default_routes_on_create: true },
    },
    google_dns_response_policy: { names: { response_policy_name: 'names', networks: [{ network_url: network }] } },
  };
  let made = 2;
  for (let index = 0; made < count; index++) {
    for (const [type, settings] of cell(index, network)) {
      (resources[`google_${type}`] ??= {})[`r${index}`] = { project: 'acme', ...settings };
      made++;
    }
  }
  return resources;
}

function cell(index: number, network: string): readonly (readonly [string, Raw])[] {
  const tag = `t${index}`;
  const block = `10.${Math.floor(index / 250) % 250}.${index % 250}`;
  const account = `\${google_service_account.r${index}.email}`;
  const subnet = `\${google_compute_subnetwork.r${index}.id}`;
  const job: readonly (readonly [string, Raw])[] =
    index % 10 === 0
      ? [
          [
            'cloud_run_v2_job',
            {
              name: `job-${index}`,
              template: {
                template: {
                  service_account: account,
                  containers: [{ image: 'i' }],
                  vpc_access: {
                    egress: 'ALL_TRAFFIC',
                    network_interfaces: [{ network, subnetwork: subnet, tags: [tag] }],
                  },
                },
              },
            },
          ],
        ]
      : [];
  return [
    ['compute_subnetwork', { name: `s${index}`, network, ip_cidr_range: `${block}.0/24`, region: 'europe-west1' }],
    [
      'compute_firewall',
      {
        name: `f${index}`,
        network,
        direction: index % 2 ? 'EGRESS' : 'INGRESS',
        [index % 2 ? 'destination_ranges' : 'source_ranges']: [`${block}.0/24`],
        target_tags: [tag],
        [index % 3 ? 'allow' : 'deny']: [{ protocol: 'tcp', ports: ['443'] }],
      },
    ],
    [
      'compute_route',
      {
        name: `x${index}`,
        network,
        dest_range: `${block}.0/28`,
        next_hop_gateway: 'default-internet-gateway',
        tags: [tag],
      },
    ],
    ['service_account', { account_id: `account-${index}` }],
    ['project_iam_member', { role: 'roles/logging.logWriter', member: `serviceAccount:${account}` }],
    [
      'compute_instance',
      {
        name: `m${index}`,
        network_interface: [{ subnetwork: subnet }],
        tags: [tag],
        service_account: { email: account },
      },
    ],
    [
      'dns_response_policy_rule',
      {
        rule_name: `n${index}`,
        dns_name: `n${index}.example.`,
        response_policy: '${google_dns_response_policy.names.response_policy_name}',
        local_data: { local_datas: [{ name: `n${index}.example.`, type: 'A', rrdatas: ['10.0.0.9'] }] },
      },
    ],
    ['secret_manager_secret', { secret_id: `secret-${index}` }],
    ['storage_bucket', { name: `bucket-${index}`, location: 'EU' }],
    ...job,
  ];
}
