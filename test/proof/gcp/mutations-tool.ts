import type { Mutation } from './mutations';
import { synth } from '../../gcp/stack';
import { withTool } from '../../gcp/tool-stack';
import { add, agentAccount, body, type Raw, reference, type Resources } from './reference';

/** Our stack with a tool beside the agent. */
export function toolResources(): Resources {
  // A copy: the caller changes it.
  return structuredClone(synth(withTool().stack).resource) as unknown as Resources;
}

const service = (r: Resources) => body(r, 'cloud_run_v2_service');
const template = (r: Resources) => service(r).template as Raw;
const own = (r: Resources) => reference(r, 'service_account', 'Tool notes', 'email');

/** Lets somebody call it. */
const admit = (r: Resources, member: string, role = 'roles/run.invoker') =>
  add(r, 'cloud_run_v2_service_iam_member', 'Other', {
    name: reference(r, 'cloud_run_v2_service', '', 'name'),
    location: 'europe-west1',
    role,
    member,
  });
const onProject = (r: Resources, role: string, member: string) =>
  add(r, 'project_iam_member', 'Other', { role, member });

/** Every protection of a tool that a Terraform document can show. */
export const TOOL: readonly Mutation[] = [
  {
    protection: 'a tool takes calls from inside alone',
    remove: (r) => void (service(r).ingress = 'INGRESS_TRAFFIC_ALL'),
    opens: ['tool'],
  },
  {
    protection: 'a tool asks who calls',
    remove: (r) => void (service(r).invoker_iam_disabled = true),
    opens: ['tool'],
  },
  {
    protection: 'a tool isn’t everybody’s to call',
    remove: (r) => admit(r, 'allUsers'),
    opens: ['tool'],
  },
  {
    protection: 'a tool isn’t the agent’s to call',
    remove: (r) => admit(r, `serviceAccount:${agentAccount(r)}`),
    opens: ['tool', 'role'],
  },
  {
    protection: 'a tool has no caller beside the proxy',
    remove: (r) => admit(r, 'group:everybody@acme.example'),
    opens: ['tool'],
  },
  {
    protection: 'nobody may call every service of the tool’s project',
    remove: (r) => onProject(r, 'roles/run.invoker', 'user:somebody@acme.example'),
    opens: ['tool'],
  },
  {
    protection: 'a tool’s callers are known',
    remove: (r) => admit(r, '${var.caller}'),
    opens: [],
    unproven: ['tool', 'role'],
  },
  {
    protection: 'a tool has an account of its own',
    remove: (r) => void delete template(r).service_account,
    opens: ['tool'],
  },
  {
    protection: 'a tool isn’t who the proxy is',
    remove: (r) => void (template(r).service_account = reference(r, 'service_account', 'Egress proxy', 'email')),
    opens: ['secrets', 'tool'],
  },
  {
    protection: 'a tool’s account may do only what is named',
    remove: (r) => onProject(r, 'roles/storage.admin', `serviceAccount:${own(r)}`),
    opens: ['tool'],
  },
  {
    protection: 'a tool stands behind no balancer',
    remove: (r) =>
      add(r, 'compute_region_network_endpoint_group', 'Front', {
        name: 'front',
        region: 'europe-west1',
        network_endpoint_type: 'SERVERLESS',
        cloud_run: { service: reference(r, 'cloud_run_v2_service', '', 'name') },
      }),
    opens: ['tool'],
  },
];
