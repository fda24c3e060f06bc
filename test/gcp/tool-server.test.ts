import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import type { ToolServer } from '../../lib/gcp';
import { at, failure, named, resourcesOf, synth } from './stack';
import { HOST, SECRET, toolPolicy as policy, withTool } from './tool-stack';

describe('a tool', () => {
  const { stack, tool } = withTool();
  const template = synth(stack);
  const [service] = resourcesOf(template, 'cloud_run_v2_service');

  test('takes calls from inside alone, by name alone, and says in a label what it is', () => {
    expect(tool.host).toBe(HOST);
    expect(service).toMatchObject({
      name: 'notes-tool',
      ingress: 'INGRESS_TRAFFIC_INTERNAL_ONLY',
      invoker_iam_disabled: false,
      labels: { 'anchorhold-workload': 'tool' },
    });
  });

  test('has one caller, the proxy', () => {
    const invokers = resourcesOf(template, 'cloud_run_v2_service_iam_member');
    expect(invokers.map(({ role }) => role)).toEqual(['roles/run.invoker']);
    expect(String(invokers[0]?.member)).toMatch(
      /^serviceAccount:\$\{google_service_account\.Agent_Proxy_Identity_Account/,
    );
  });

  test('has an account of its own, which reads its own secret and nothing else', () => {
    const account = String(at(service, 'template', 'service_account'));
    expect(account).toMatch(/^\$\{google_service_account\.Tool_Account/);
    const grants = Object.entries(template.resource).flatMap(([type, found]) =>
      type.includes('_iam_') ? Object.values(found).filter(({ member }) => String(member).includes(account)) : [],
    );
    expect(grants).toHaveLength(1);
    expect(grants[0]).toMatchObject({ secret_id: 'notes-key', role: 'roles/secretmanager.secretAccessor' });
  });

  test('is given its secret by the platform, by name', () => {
    expect(at(service, 'template', 'containers', 0, 'env')).toEqual([
      { name: 'NOTES_KEY', value_source: { secret_key_ref: { secret: SECRET, version: 'latest' } } },
    ]);
    expect(service?.depends_on).toEqual([expect.stringContaining('google_secret_manager_secret_iam_member.Tool_')]);
  });

  test('is reached at Google’s restricted addresses, with no way to the internet for the proxy', () => {
    expect(named(template, 'dns_managed_zone', 'coder-proxy-run-app')).toMatchObject({ dns_name: 'run.app.' });
    expect(resourcesOf(template, 'compute_router_nat')).toEqual([]);
  });

  test('is out of the agents’ reach: their network knows its name as the window’s alone', () => {
    const rules = resourcesOf(template, 'dns_response_policy_rule').filter(({ dns_name: name }) => name === `${HOST}.`);
    expect(rules.map((rule) => at(rule, 'local_data', 'local_datas', 0, 'rrdatas'))).toEqual([['10.10.1.10']]);
    expect(resourcesOf(template, 'cloud_run_v2_job')[0]?.service_account).not.toBe(
      at(service, 'template', 'service_account'),
    );
  });
});

test('a tool’s traffic goes through the network it is given, all of it', () => {
  const network = {
    network: 'projects/acme-net/global/networks/hub',
    subnetwork: 'projects/acme-net/regions/europe-west1/subnetworks/tools',
  };
  const [service] = resourcesOf(synth(withTool({ network }).stack), 'cloud_run_v2_service');
  expect(at(service, 'template', 'vpc_access')).toEqual({ egress: 'ALL_TRAFFIC', network_interfaces: [network] });
});

test.each<[string, () => unknown, string]>([
  ['a policy without it', () => withTool({ name: 'other' }), '[tool-not-in-policy]'],
  [
    'a policy that calls it with another proof',
    () => withTool({}, { policy: policy({ bearer: 'notes-key' }) }),
    '[tool-without-identity]',
  ],
  ['a number that is none', () => withTool({ projectNumber: 'acme' }), '[project-number-invalid]'],
  ['a proxy in the agents’ own network', () => withTool({}, { topology: 'sharedVpc' }), '[tool-in-shared-network]'],
  ['a secret’s value for its name', () => withTool({ secrets: { KEY: 'canary-value' } }), '[secret-name-invalid]'],
  ['a secret over a setting', () => withTool({ environment: { NOTES_KEY: 'x' } }), '[environment-name]'],
  [
    'a key among its settings',
    () => withTool({ environment: { K: `sk-ant-${'a1'.repeat(20)}` } }),
    '[environment-secret]',
  ],
  ['a name the platform won’t take', () => withTool({ name: 'Notes' }), '[name-invalid]'],
])('refuses %s', (_, make, code) => {
  const told = failure(make);
  expect(told).toContain(code);
  expect(told).not.toContain('canary');
});

test.each<[string, (made: ReturnType<typeof withTool>) => void, string]>([
  ['another caller', ({ tool }) => callerOf(tool, 'user:somebody@acme.example'), '[tool-other-caller]'],
  ['everyone', ({ tool }) => callerOf(tool, 'allUsers'), '[tool-other-caller]'],
  [
    'the agent itself as a caller',
    ({ agent, tool }) => callerOf(tool, `serviceAccount:${agent.workload.account.email}`),
    '[agent-has-role]',
  ],
  [
    'callers from outside',
    ({ tool }) => tool.service.addOverride('ingress', 'INGRESS_TRAFFIC_ALL'),
    '[agent-ingress-open]',
  ],
  ['callers without a name', ({ tool }) => tool.service.addOverride('invoker_iam_disabled', true), '[invoker-public]'],
  [
    'the project’s default account',
    ({ tool }) => tool.service.addOverride('template.service_account', null),
    '[agent-default-account]',
  ],
])('is refused at synth with %s', (_, open, code) => {
  const made = withTool();
  open(made);
  expect(failure(() => synth(made.stack))).toContain(code);
});

function callerOf(tool: ToolServer, member: string): void {
  new CloudRunV2ServiceIamMember(tool, 'Other', { name: tool.service.name, role: 'roles/run.invoker', member });
}
