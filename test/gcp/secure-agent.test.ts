import { compile } from '../../lib/envoy';
import {
  agentStack,
  at,
  carriedFiles,
  DIGEST,
  failure,
  named,
  POLICY,
  type Resource,
  resourcesOf,
  synth,
} from './stack';

const { stack } = agentStack();
const template = synth(stack);
const RUN = '/run/anchorhold/';
const EVERYTHING = ['0.0.0.0/0', '::/0'];

test('carries exactly the bytes that compile() gives', () => {
  const carried = carriedFiles(template);
  const expected = Object.entries(compile(POLICY).files);
  expect(expected.length).toBeGreaterThan(3);
  for (const [path, text] of expected) expect(carried[RUN + path]).toBe(text);
});

test('is the same template twice', () => {
  expect(JSON.stringify(synth(agentStack().stack))).toBe(JSON.stringify(template));
});

test('has no text that Terraform would evaluate but references to resources of its own', () => {
  const expressions = JSON.stringify(template).match(/[$%]\{[^}]*\}/g) ?? [];
  expect(expressions.filter((text) => !/^\$\{google_[a-z_0-9]+\.[A-Za-z0-9_-]+\.[a-z_]+\}$/.test(text))).toEqual([]);
  expect(expressions.length).toBeGreaterThan(20);
});

test('denies everything in both families and both directions, for both networks whole', () => {
  const denies = resourcesOf(template, 'compute_firewall').filter((rule) => rule.deny !== undefined);
  expect(denies).toHaveLength(8);
  for (const rule of denies) {
    expect(rule).toMatchObject({ priority: 65534, disabled: false, deny: [{ protocol: 'all' }] });
    expect(rule.target_tags ?? rule.target_service_accounts).toBeUndefined();
    expect(EVERYTHING).toContain(at(rule, 'destination_ranges', 0) ?? at(rule, 'source_ranges', 0));
  }
  const perNetwork = new Map<string, number>();
  for (const { network } of denies) perNetwork.set(String(network), (perNetwork.get(String(network)) ?? 0) + 1);
  expect([...perNetwork.values()]).toEqual([4, 4]);
});

test('lets the agent reach the window and nothing else', () => {
  const network = named(template, 'compute_firewall', 'coder-agent-deny-egress-v4').network;
  const allows = resourcesOf(template, 'compute_firewall').filter(
    (rule) => rule.network === network && rule.allow !== undefined,
  );
  expect(allows).toHaveLength(1);
  expect(allows[0]).toMatchObject({
    direction: 'EGRESS',
    destination_ranges: ['10.10.1.10/32'],
    target_tags: ['agent'],
    allow: [{ protocol: 'tcp', ports: ['80', '443', '3128', '8080'] }],
  });
});

test('gives the agents’ network no route, no NAT, no access to Google and no default routes', () => {
  const network = named(template, 'compute_network', 'coder-agent');
  expect(network).toMatchObject({ delete_default_routes_on_create: true, auto_create_subnetworks: false });
  const reference = named(template, 'compute_firewall', 'coder-agent-deny-egress-v4').network;
  for (const type of ['compute_route', 'compute_router'])
    expect(resourcesOf(template, type).filter((found) => found.network === reference)).toEqual([]);
  const subnets = resourcesOf(template, 'compute_subnetwork').filter((found) => found.network === reference);
  expect(subnets.map((found) => found.private_ip_google_access)).toEqual([false, false]);
});

test('answers the policy’s names with the window, and every other with nothing', () => {
  const rules = resourcesOf(template, 'dns_response_policy_rule').map((rule) => [
    rule.dns_name,
    at(rule, 'local_data', 'local_datas', 0, 'rrdatas', 0),
  ]);
  expect(rules.sort()).toEqual([
    ['*.', '0.0.0.0'],
    ['api.anthropic.com.', '10.10.1.10'],
    ['packages.example.com.', '10.10.1.10'],
  ]);
  const sink = resourcesOf(template, 'dns_response_policy_rule').find((rule) => rule.dns_name === '*.');
  expect(at(sink, 'local_data', 'local_datas', 1)).toMatchObject({ type: 'AAAA', rrdatas: ['::'] });
});

test('joins the two networks by Private Service Connect, for the agents’ network alone', () => {
  const [door] = resourcesOf(template, 'compute_service_attachment');
  expect(door).toMatchObject({ connection_preference: 'ACCEPT_MANUAL', reconcile_connections: true });
  expect(String(at(door, 'consumer_accept_lists', 0, 'network_url'))).toMatch(/Agent_Network_[^.]+\.self_link/);
  expect(named(template, 'compute_forwarding_rule', 'coder-window')).toMatchObject({
    load_balancing_scheme: '',
    no_automate_dns_zone: true,
  });
  expect(named(template, 'compute_firewall', 'coder-proxy-proxy-from-agents').source_ranges).toEqual(['10.20.1.0/28']);
});

test('runs the agent with all its traffic in the network, an account without a role, and a fresh machine a run', () => {
  const [job] = resourcesOf(template, 'cloud_run_v2_job');
  expect(at(job, 'template')).toMatchObject({ task_count: 1, parallelism: 1 });
  const run = at(job, 'template', 'template');
  expect(run).toMatchObject({ max_retries: 0, vpc_access: { egress: 'ALL_TRAFFIC' } });
  expect(at(run, 'vpc_access', 'network_interfaces', 0, 'tags')).toEqual(['agent']);
  expect(String(at(run, 'containers', 0, 'image'))).toContain(DIGEST);
  const account = String(at(run, 'service_account')).replace('.email}', '');
  expect(account).toMatch(/^\$\{google_service_account\./);
  const grants = Object.entries(template.resource).filter(([type]) => /_iam_(member|binding|policy)$/.test(type));
  expect(grants.length).toBeGreaterThanOrEqual(2);
  expect(JSON.stringify(grants)).not.toContain(account);
});

test('tells the agent where the proxy is, by an address that is known at plan time', () => {
  const [job] = resourcesOf(template, 'cloud_run_v2_job');
  const variables = at(job, 'template', 'template', 'containers', 0, 'env');
  expect(variables).toEqual(
    expect.arrayContaining([
      { name: 'HTTPS_PROXY', value: 'http://10.10.1.10:3128' },
      { name: 'ANTHROPIC_BASE_URL', value: 'http://10.10.1.10:8080/anthropic' },
    ]),
  );
});

test('makes secrets empty, readable by the proxy alone', () => {
  expect(resourcesOf(template, 'secret_manager_secret').map((secret) => secret.secret_id)).toEqual([
    'coder--authority-seed',
    'coder-anthropic-key',
  ]);
  expect(resourcesOf(template, 'secret_manager_secret_version')).toHaveLength(0);
  const readers = resourcesOf(template, 'secret_manager_secret_iam_member');
  expect(readers).toHaveLength(2);
  for (const { member } of readers) expect(member).toMatch(/^serviceAccount:.*Identity_Account/);
  expect(carriedFiles(template)[`${RUN}proxy.env`]).toContain(
    '--authority-seed gcp-secret:projects/acme-agents/secrets/coder--authority-seed --secret anthropic-key=gcp-secret:projects/acme-agents/secrets/coder-anthropic-key',
  );
});

test('gives the machines no public address, and a template that is replaced before it goes', () => {
  const [machine] = resourcesOf(template, 'compute_region_instance_template');
  expect(at(machine, 'network_interface', 0, 'access_config')).toBeUndefined();
  expect(machine).toMatchObject({
    can_ip_forward: false,
    lifecycle: { create_before_destroy: true },
    shielded_instance_config: { enable_secure_boot: true },
  });
});

test('logs every flow, every rule that is met and every name that is asked for, on both sides', () => {
  const names = ['coder-agents', 'coder-window', 'coder-proxy'];
  for (const name of names)
    expect(named(template, 'compute_subnetwork', name).log_config).toMatchObject({
      flow_sampling: 1,
      metadata: 'INCLUDE_ALL_METADATA',
    });
  for (const rule of resourcesOf(template, 'compute_firewall'))
    expect(rule.log_config).toEqual({ metadata: 'INCLUDE_ALL_METADATA' });
  const agents = named(template, 'compute_firewall', 'coder-agent-deny-egress-v4').network;
  const [log] = resourcesOf(template, 'dns_policy').filter(
    (policy) => at(policy, 'networks', 0, 'network_url') === agents,
  );
  expect(log).toMatchObject({ enable_logging: true });
  expect(log?.alternative_name_server_config).toBeUndefined();
});

test.each([
  ['job', 'cloud_run_v2_job', ['template', 'template']],
  ['service', 'cloud_run_v2_service', ['template']],
  ['workerPool', 'cloud_run_v2_worker_pool', ['template']],
] as const)('gives a %s room to write in memory alone, of a size that is said', (kind, type, path) => {
  const [workload] = resourcesOf(kind === 'job' ? template : synth(agentStack({ kind }).stack), type);
  const volumes = at(workload, ...path, 'volumes');
  if (!Array.isArray(volumes)) throw new Error('expected volumes');
  expect(volumes.map((volume) => at(volume, 'name'))).toEqual(['tmp', 'trust']);
  for (const volume of volumes)
    expect(at(volume, 'empty_dir')).toEqual({ medium: 'MEMORY', size_limit: expect.stringMatching(/^\d+Mi$/) });
  expect(workload?.deletion_protection).toBe(false);
});

test('replaces the machines of an old policy by as many new ones first, and lets their streams end', () => {
  const [group] = resourcesOf(template, 'compute_region_instance_group_manager');
  expect(group?.update_policy).toMatchObject({
    type: 'PROACTIVE',
    minimal_action: 'REPLACE',
    max_surge_fixed: 3,
    max_unavailable_fixed: 0,
  });
  const [backend] = resourcesOf(template, 'compute_region_backend_service');
  expect(backend).toMatchObject({ load_balancing_scheme: 'INTERNAL', connection_draining_timeout_sec: 3600 });
});

test('takes a machine out of service at once, and makes it anew only when it has not served for ten minutes', () => {
  const [readiness, liveness] = ['coder-proxy', 'coder-proxy-live'].map((name) =>
    named(template, 'compute_region_health_check', name),
  );
  // The same question: who asks it for healing also holds a replacement until the new machine serves.
  expect(liveness?.http_health_check).toEqual(readiness?.http_health_check);
  expect(seconds(readiness)).toBe(15);
  expect(seconds(liveness)).toBe(600);
  const [group] = resourcesOf(template, 'compute_region_instance_group_manager');
  expect(String(at(group, 'auto_healing_policies', 'health_check'))).toContain('Machines_Liveness');
  expect(at(group, 'auto_healing_policies', 'initial_delay_sec')).toBe(3600);
  const [backend] = resourcesOf(template, 'compute_region_backend_service');
  expect(String(at(backend, 'health_checks', 0))).toContain('Machines_Readiness');
});

test('has a machine a zone and more while they are busy, and takes one away in the time its streams have to end', () => {
  const [scaler] = resourcesOf(template, 'compute_region_autoscaler');
  const [group] = resourcesOf(template, 'compute_region_instance_group_manager');
  expect(String(scaler?.target)).toContain('Machines_Group');
  expect(scaler?.autoscaling_policy).toMatchObject({ min_replicas: 3, max_replicas: 9, mode: 'ON' });
  // Terraform would set back what the autoscaler sets.
  expect(group?.target_size).toBeUndefined();
  const [backend] = resourcesOf(template, 'compute_region_backend_service');
  expect(at(scaler, 'autoscaling_policy', 'scale_in_control')).toEqual({
    max_scaled_in_replicas: { fixed: 1 },
    time_window_sec: backend?.connection_draining_timeout_sec,
  });
});

test('is a fleet of fixed size where the most is the least', () => {
  const fixed = synth(agentStack({ count: 2, most: 2 }).stack);
  expect(resourcesOf(fixed, 'compute_region_autoscaler')).toEqual([]);
  expect(resourcesOf(fixed, 'compute_region_instance_group_manager')[0]?.target_size).toBe(2);
});

test.each([
  [{ count: 0 }, 'count: expected a whole number of machines from 1 to 100, got 0'],
  [{ count: 4, most: 3 }, 'most: expected a whole number of machines from count (4) to 1000, got 3'],
])('refuses a fleet of %j', (size, sentence) => {
  const message = failure(() => agentStack(size));
  expect(message).toContain(sentence);
  expect(message).toContain('[count-invalid]');
});

test('writes project and region on everything that takes them', () => {
  for (const [type, found] of Object.entries(template.resource)) {
    for (const resource of Object.values(found)) expect([type, resource.project]).toEqual([type, 'acme-agents']);
  }
});

test('says in a label what is an agent and what is the proxy, for the proof', () => {
  const [job] = resourcesOf(template, 'cloud_run_v2_job');
  const [machine] = resourcesOf(template, 'compute_region_instance_template');
  expect([job?.labels, machine?.labels]).toEqual([
    { 'anchorhold-workload': 'agent' },
    { 'anchorhold-workload': 'proxy' },
  ]);
});

test('holds no path of the machine', () => {
  expect(JSON.stringify(template)).not.toContain(process.cwd());
});

/** How long a machine may not answer before a check calls it unhealthy. */
function seconds(check: Resource | undefined): number {
  return Number(check?.check_interval_sec) * Number(check?.unhealthy_threshold);
}
