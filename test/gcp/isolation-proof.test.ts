import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { App, TerraformStack } from 'cdktf';
import { IsolationProof } from '../../lib/gcp';
import { agentStack, emptyStack, failure } from './stack';

/** What synthesizing says with the proof bound; our own constructs' refusals come first, and are left out. */
function said(
  change: (stack: TerraformStack, find: <T>(type: new (...args: never[]) => T, name: string) => T) => void,
  props = {},
): string {
  const { stack } = agentStack();
  change(stack, (type, name) => {
    const found = stack.node.findAll().find((one) => one instanceof type && one.node.path.includes(name));
    // It is of the type that was asked for.
    return found as never;
  });
  IsolationProof.bind(App.of(stack), props);
  return failure(() => stack.runAllValidations())
    .split('\n')
    .filter((line) => line.includes('[isolation-'))
    .join('\n');
}

test('says nothing of a stack as it is built', () => {
  expect(said(() => undefined)).toBe('');
});

test('fails after an override that sends traffic past the network', () => {
  const text = said((_, find) =>
    find(CloudRunV2Job, 'Agent').addOverride('template.template.vpc_access.egress', 'PRIVATE_RANGES_ONLY'),
  );
  expect(text).toContain('to the internet (IPv4): public destinations are reached past its network');
  expect(text).toContain('vpc_access.egress PRIVATE_RANGES_ONLY');
  expect(text).toContain('[isolation-open]');
});

test('fails after an override of the firewall and a way out, and names each hop', () => {
  const text = said((stack, find) => {
    find(ComputeFirewall, 'Agent/Network/Firewall/deny-egress-v4').addOverride('disabled', true);
    const network = stack.node.findAll().find((one) => one.node.path.endsWith('Agent/Network/Network'));
    // Its path says what it is.
    const { id } = network as unknown as { id: string };
    new ComputeRouter(stack, 'Router', { name: 'r', network: id, region: 'europe-west1' });
    new ComputeRouterNat(stack, 'Nat', {
      name: 'n',
      router: 'r',
      region: 'europe-west1',
      natIpAllocateOption: 'AUTO_ONLY',
      sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
    });
    find(ComputeFirewall, 'Agent/Network/Firewall/agent-to-window').addOverride('destination_ranges', ['0.0.0.0/0']);
    (network as unknown as ComputeFirewall).addOverride('delete_default_routes_on_create', false);
  });
  expect(text).toMatch(
    /packets reach the internet \(IPv4\).*google_compute_firewall.*the default route it is made with.*google_compute_router_nat\.Nat/,
  );
});

test('fails for a role that another construct gives, and accepts what is stated', () => {
  const give = (stack: TerraformStack): void =>
    void new ProjectIamMember(stack, 'Wide', {
      project: 'acme-agents',
      role: 'roles/run.newThing',
      member: 'group:ops@acme.example',
    });
  const text = said(give);
  const id = /assume (role\([^)]*\))/.exec(text)?.[1] ?? '';
  expect(text).toContain('[isolation-unproven]');
  expect(said(give, { assume: [id] })).toBe('');
});

test('wants a stack', () => {
  expect(failure(() => IsolationProof.bind(new App()))).toBe(
    'IsolationProof: expected an app with a stack, got none yet; bind it after the last stack [proof-without-stack]',
  );
});

test('an app without an agent proves nothing, and fails', () => {
  const stack = emptyStack();
  IsolationProof.bind(App.of(stack));
  expect(failure(() => stack.runAllValidations())).toContain('expected an agent in the app, got none');
});
