import {
  EgressNetwork,
  EgressProxy,
  AgentJob,
  AgentNetwork,
  EnvoyImage,
  Guardrails,
  PinnedImage,
  ProxyWindow,
} from '../../lib/gcp';
import { compile } from '../../lib/envoy';
import { definePolicy } from '../../lib/policy';
import { agentStack, at, carriedFiles, DIGEST, emptyStack, IMAGE, named, POLICY, resourcesOf, synth } from './stack';

const ENVOY = EnvoyImage.of(PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/envoy:v1.40.0@${DIGEST}`));
const KEEPER = PinnedImage.fromRegistry(`europe-docker.pkg.dev/acme/proxy/keeper@${DIGEST}`);
const UNIT = '/etc/systemd/system/anchorhold-';

const VERTEX = definePolicy({
  policy: 1,
  name: 'vertex',
  upstreams: [
    {
      host: 'europe-west1-aiplatform.googleapis.com',
      prefix: '/vertex',
      credential: { googleAccessToken: {} },
      rules: ['POST /v1/projects/acme-agents/locations/europe-west1/publishers/anthropic/models/*'],
    },
  ],
});

test('a service takes one request an instance, under gVisor, from inside alone', () => {
  const [service] = resourcesOf(synth(agentStack({ kind: 'service' }).stack), 'cloud_run_v2_service');
  expect(service).toMatchObject({
    ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
    invoker_iam_disabled: false,
    deletion_protection: false,
    template: {
      execution_environment: 'EXECUTION_ENVIRONMENT_GEN1',
      max_instance_request_concurrency: 1,
      vpc_access: { egress: 'ALL_TRAFFIC' },
    },
  });
  expect(at(service, 'template', 'containers', 0, 'resources', 'cpu_idle')).toBe(true);
});

test('a worker pool has the same network and account, and no caller', () => {
  const template = synth(agentStack({ kind: 'workerPool' }).stack);
  const [pool] = resourcesOf(template, 'cloud_run_v2_worker_pool');
  expect(pool).toMatchObject({ scaling: { scaling_mode: 'MANUAL', manual_instance_count: 1 } });
  expect(at(pool, 'template', 'vpc_access')).toMatchObject({
    egress: 'ALL_TRAFFIC',
    network_interfaces: [{ tags: ['agent'] }],
  });
});

describe('one shared network', () => {
  const template = synth(agentStack({ topology: 'sharedVpc' }).stack);

  test('has no second network, and no Private Service Connect', () => {
    expect(resourcesOf(template, 'compute_network')).toHaveLength(1);
    expect(resourcesOf(template, 'compute_service_attachment')).toHaveLength(0);
  });

  test('has its routes for the proxy’s machines alone, and its translation for their subnet alone', () => {
    for (const route of resourcesOf(template, 'compute_route')) expect(route.tags).toEqual(['egress-proxy']);
    const [nat] = resourcesOf(template, 'compute_router_nat');
    expect(nat).toMatchObject({ source_subnetwork_ip_ranges_to_nat: 'LIST_OF_SUBNETWORKS' });
    expect(String(at(nat, 'subnetwork', 0, 'name'))).toContain('Egress_Machines');
  });

  test('denies everything once, and admits agents by their range', () => {
    expect(resourcesOf(template, 'compute_firewall').filter(({ deny }) => deny !== undefined)).toHaveLength(4);
    expect(named(template, 'compute_firewall', 'coder-agent-proxy-from-agents').source_ranges).toEqual([
      '10.10.0.0/24',
    ]);
    expect(named(template, 'compute_forwarding_rule', 'coder-proxy')).toMatchObject({
      load_balancing_scheme: 'INTERNAL',
    });
  });

  test('answers every name below Google’s domains in both families, so that none is asked of servers outside', () => {
    const wild = resourcesOf(template, 'dns_response_policy_rule').filter(({ dns_name }) =>
      String(dns_name).startsWith('*.'),
    );
    expect(wild.map(({ dns_name }) => dns_name).sort()).toEqual(['*.', '*.googleapis.com.', '*.pkg.dev.']);
    for (const rule of wild) {
      const data = at(rule, 'local_data', 'local_datas');
      expect(Array.isArray(data) && data.map((one) => at(one, 'type'))).toEqual(['A', 'AAAA']);
    }
  });

  test('has the proxy ask servers elsewhere, so that it doesn’t find itself, and runs the same bytes', () => {
    const carried = carriedFiles(template);
    for (const unit of ['envoy', 'keeper'])
      expect(carried[`${UNIT}${unit}.service`]).toContain('--dns 8.8.8.8 --dns 8.8.4.4');
    expect(carried['/run/anchorhold/envoy.json']).toBe(compile(POLICY).bootstrap);
    expect(named(template, 'compute_firewall', 'coder-agent-proxy-to-resolvers').destination_ranges).toEqual([
      '8.8.8.8/32',
      '8.8.4.4/32',
    ]);
  });
});

describe('Vertex AI alone', () => {
  const { stack } = agentStack({ policy: VERTEX, envoy: ENVOY, keeper: KEEPER });
  const template = synth(stack);

  test('has no way to the internet at all: no NAT, no default route, no rule', () => {
    expect(resourcesOf(template, 'compute_router_nat')).toEqual([]);
    expect(resourcesOf(template, 'compute_route').map((route) => route.dest_range)).toEqual(['199.36.153.4/30']);
    const open = resourcesOf(template, 'compute_firewall').filter(
      (rule) => rule.allow !== undefined && JSON.stringify(rule.destination_ranges ?? []).includes('0.0.0.0/0'),
    );
    expect(open).toEqual([]);
  });

  test('needs no key: the proxy’s own account may call it, the agent is told to send nothing', () => {
    expect(resourcesOf(template, 'secret_manager_secret').map((secret) => secret.secret_id)).toEqual([
      'vertex--authority-seed',
    ]);
    const roles = resourcesOf(template, 'project_iam_member').map(({ role }) => role);
    expect(roles.sort()).toEqual(['roles/aiplatform.user', 'roles/logging.logWriter']);
    const [job] = resourcesOf(template, 'cloud_run_v2_job');
    expect(at(job, 'template', 'template', 'containers', 0, 'env')).toEqual(
      expect.arrayContaining([
        { name: 'CLAUDE_CODE_SKIP_VERTEX_AUTH', value: '1' },
        { name: 'ANTHROPIC_VERTEX_BASE_URL', value: 'http://10.10.1.10:8080/vertex/v1' },
        { name: 'CLOUD_ML_REGION', value: 'europe-west1' },
      ]),
    );
  });

  test('lets the proxy pull its images from their repositories', () => {
    const readers = resourcesOf(template, 'artifact_registry_repository_iam_member');
    expect(readers).toEqual([
      expect.objectContaining({
        location: 'europe',
        project: 'acme',
        repository: 'proxy',
        role: 'roles/artifactregistry.reader',
      }),
    ]);
  });
});

test('in a network that exists it brings a door, a subnet for it, and rules that bind the proxy alone', () => {
  const stack = emptyStack();
  const network = new AgentNetwork(stack, 'Network', { name: 'coder' });
  const egress = new EgressNetwork(stack, 'Egress', {
    name: 'coder',
    existing: {
      network: 'projects/acme-net/global/networks/hub',
      subnetwork: 'projects/acme-net/regions/europe-west1/subnetworks/proxy',
    },
  });
  const proxy = new EgressProxy(stack, 'Proxy', { policy: POLICY, network: egress, envoy: ENVOY, keeper: KEEPER });
  const window = new ProxyWindow(stack, 'Window', { network, proxy });
  new AgentJob(stack, 'Job', { network, proxy, window, image: PinnedImage.fromRegistry(IMAGE) });
  const template = synth(stack);
  const hub = resourcesOf(template, 'compute_firewall').filter(
    (rule) => rule.network === 'projects/acme-net/global/networks/hub',
  );
  expect(hub.length).toBeGreaterThanOrEqual(7);
  for (const rule of hub) expect(rule.target_service_accounts).toHaveLength(1);
  expect(resourcesOf(template, 'compute_network')).toHaveLength(1);
  expect(resourcesOf(template, 'compute_router_nat')).toEqual([]);
});

test('guardrails bind the project and deny agents by name', () => {
  const { stack, agent } = agentStack();
  new Guardrails(stack, 'Guardrails', {
    name: 'coder',
    agents: [agent.workload.account],
    organization: '123456789012',
  });
  const template = synth(stack);
  expect(resourcesOf(template, 'org_policy_policy').map(({ name }) => name)).toEqual([
    'projects/acme-agents/policies/run.allowedVPCEgress',
    'projects/acme-agents/policies/run.allowedIngress',
  ]);
  const [deny] = resourcesOf(template, 'iam_deny_policy');
  expect(deny?.parent).toBe('cloudresourcemanager.googleapis.com%2Fprojects%2Facme-agents');
  expect(resourcesOf(template, 'iam_projects_policy_binding')).toHaveLength(1);
  const other = agentStack();
  expect(() => new Guardrails(other.stack, 'G', { name: 'coder', agents: [], organization: 'acme' })).toThrow(
    'organization: expected its number such as "123456789012", got "acme" [organization-invalid]',
  );
});
