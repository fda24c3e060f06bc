import type { Candidate } from './claim';
import { gcpPlacementDoubts, type GcpClaim } from './gcp-claim';
import type { GcpModel } from './gcp-model';
import { gives } from './gcp-roles';
import type { GcpWorkload } from './gcp-workloads';
import { blocks, setting } from './terraform-blocks';
import { and, keyOf, Reference, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** Nobody can connect to the workload but those it is meant for. */
export const gcpInboundClaim: GcpClaim = {
  id: 'inbound',
  says: 'Nothing can connect to it, by packet or by request.',
  attack:
    'A tunnel needs only one side that dials: someone connects to the agent’s interface, or calls its service without a name, and carries out what it has read.',
  of: 'agent',
  prove: (model, workload) => [
    {
      destination: 'connections to it',
      candidates: [...gcpPlacementDoubts(workload, 'connections to it'), ...admitted(model, workload)],
      closed: 'no rule of its network lets anything in to it',
    },
    ...(workload.form === 'service' || workload.form === 'oldService'
      ? [
          {
            destination: 'requests to it',
            candidates: requests(model, workload),
            closed: 'requests come from inside alone, and from callers that are named',
          },
        ]
      : []),
  ],
};

/** Rules that let something in by its interface. */
export function admitted(model: GcpModel, { id, form, attachments }: GcpWorkload): Candidate[] {
  // Only these listen by their interface; whether the others never will is the platform's to say.
  const listens = form === 'workerPool' || form === 'machine';
  const platform: Truth = listens
    ? true
    : Unknown.of(`ingress(${id})`, `Cloud Run takes no connection to ${id} by its interface`);
  return attachments.flatMap((attachment) =>
    model.firewall.passed(attachment, 'INGRESS').map(({ truth, hop }) => ({
      truth: and(truth, platform),
      path: [hop, { id, by: attachment.by }],
      reason: 'a rule of its network admits connections',
      change: `remove ${hop.by} from ${hop.id}, or bind it to other tags`,
    })),
  );
}

/** Ways to ask it something that name no caller. */
export function requests(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const { id, resource } = workload;
  const ingress = setting(resource.properties, 'ingress');
  const unchecked = setting(resource.properties, 'invoker_iam_disabled');
  const open: Candidate[] = [];
  if (ingress !== 'INGRESS_TRAFFIC_INTERNAL_ONLY') {
    open.push({
      truth: ingressTruth(workload),
      path: [{ id, by: `ingress ${ingress === undefined ? 'unset' : shown(ingress)}` }],
      reason: 'the internet reaches its front',
      change: `set ingress of ${id} to INGRESS_TRAFFIC_INTERNAL_ONLY`,
    });
  }
  if (unchecked !== undefined && keyOf(unchecked) !== 'false')
    open.push({
      truth: unknownIn(unchecked) ?? true,
      path: [{ id, by: 'invoker_iam_disabled' }],
      reason: 'callers need no permission',
      change: `set invoker_iam_disabled of ${id} to false`,
    });
  const proxied = setting(resource.properties, 'iap_enabled');
  if (proxied !== undefined && keyOf(proxied) !== 'false')
    open.push({
      truth: Unknown.of(`iap(${id})`, `Identity-Aware Proxy admits to ${id} whom it is meant for`),
      path: [{ id, by: 'iap_enabled' }],
      reason: 'Identity-Aware Proxy calls it for whom it admits',
      change: `set iap_enabled of ${id} to false`,
    });
  return [...open, ...publicInvokers(model, workload), ...balancers(model, workload)];
}

function ingressTruth({ resource, form, id }: GcpWorkload): Truth {
  const ingress = setting(resource.properties, 'ingress');
  if (form === 'oldService')
    return Unknown.of(`ingress(${id})`, `the annotations of ${id} let only traffic from inside in`);
  if (ingress === 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER')
    return Unknown.of(`balancer(${id})`, `no load balancer of the internet’s stands before ${id}`);
  return unknownIn(ingress) ?? true;
}

/** Roles that anybody holds on it. */
export function publicInvokers({ grants, terraform }: GcpModel, { id }: GcpWorkload): Candidate[] {
  return grants.all.flatMap((grant): Candidate[] => {
    const about = grant.target?.id === id || and(grants.isAbout(grant, id), gives(grant, 'invoke', grants));
    if (about === false) return [];
    return grant.members.flatMap((member): Candidate[] => {
      const everybody = member === 'allUsers' || member === 'allAuthenticatedUsers';
      const truth = and(about, everybody ? true : (unknownIn(member) ?? anybody(member, terraform)));
      if (truth === false) return [];
      return [
        {
          truth: and(truth, grant.exists),
          path: [
            { id: grant.id, by: `${grant.by} ${shown(member)}` },
            { id, by: grant.role ?? 'a role that isn’t known' },
          ],
          reason: everybody ? 'anybody may call it' : 'who may call it isn’t known',
          change: `name callers in ${grant.id}`,
        },
      ];
    });
  });
}

/** What another resource than an account gives as a member may be everybody. */
function anybody(member: Value, terraform: GcpModel['terraform']): Truth {
  if (!(member instanceof Reference) || terraform.referred(member)?.type === 'google_service_account') return false;
  return Unknown.of(`member(${shown(member)})`, `${shown(member)} isn’t everybody`);
}

function balancers({ terraform, names }: GcpModel, { id, resource }: GcpWorkload): Candidate[] {
  return terraform.ofType('google_compute_region_network_endpoint_group').flatMap((group): Candidate[] => {
    const fronts = ['cloud_run', 'serverless_deployment'].flatMap((key) => blocks(setting(group.properties, key)));
    return fronts.flatMap((one): Candidate[] => {
      const service = one instanceof Unknown ? one : setting(one, 'service');
      const named = names.find(service, resource.type);
      const masked = service === undefined;
      const truth: Truth =
        named.kind === 'unknown'
          ? named.unknown
          : masked
            ? Unknown.of(`mask(${group.id})`, `${group.id} leads to other services`)
            : named.id === id;
      if (truth === false) return [];
      return [
        {
          truth: and(truth, group.exists),
          path: [{ id: group.id, by: 'cloud_run' }],
          reason: 'a load balancer sends requests to it',
          change: `remove ${group.id}`,
        },
      ];
    });
  });
}
