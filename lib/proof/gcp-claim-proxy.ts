import { contains, type Range } from './address';
import type { Candidate } from './claim';
import type { Attachment } from './gcp-attachment';
import { GOOGLE_APIS, HEALTH_CHECKERS, INTERNET } from './gcp-addresses';
import { gcpPlacementDoubts, type GcpClaim } from './gcp-claim';
import { attachers, externalFronts, sessions } from './gcp-claim-proxy-callers';
import { gcpWaysOut } from './gcp-claim-ip';
import type { Passed } from './gcp-firewall';
import type { GcpModel } from './gcp-model';
import { neighboursOf } from './gcp-neighbours';
import type { GcpWorkload } from './gcp-workloads';
import { wideRole } from './gcp-wide-role';
import { beyondNeed, isNeeded, type Need, needsOf } from './needs';
import { EVERY_PORT, EVERY_PROTOCOL, intersect, type Packets } from './packets';
import { setting } from './terraform-blocks';
import { Unknown } from './value';

/** The proxy reaches what its policy needs and no more, and answers only its window. */
export const gcpProxyClaim: GcpClaim = {
  id: 'proxy',
  says: 'The proxy dials only ports its policy names, reaches no agent, may do only what is named, and answers only its window.',
  attack:
    'A flaw of the proxy’s own is worth what its account and network may reach and do; and whoever else may attach to its service uses its credentials.',
  of: 'proxy',
  prove: (model, workload, options) => [
    {
      destination: 'ports that no upstream needs',
      candidates: [...gcpPlacementDoubts(workload, 'other ports'), ...otherPorts(model, workload, needsOf(options))],
      closed: 'its firewall lets out TCP to the policy’s ports alone, and questions to the name servers it names',
    },
    {
      destination: 'agents and other networks',
      candidates: inwards(model, workload),
      closed: 'no route and no rule leads there',
    },
    {
      destination: 'more of the cloud than is named',
      candidates: wideRole(model, workload),
      closed: 'its roles are on single resources, or on the project where there is nothing smaller',
    },
    {
      destination: 'callers from elsewhere',
      candidates: [
        ...callers(model, workload),
        ...externalFronts(model, workload),
        ...attachers(model, workload),
        ...sessions(model, workload),
      ],
      closed:
        'its firewall admits its door and health checks, only the agents’ network may attach, no session may be opened',
    },
  ],
};

const OUTSIDE: readonly Packets[] = [
  ...INTERNET,
  ...GOOGLE_APIS.map((addresses) => ({ addresses, protocols: EVERY_PROTOCOL, ports: EVERY_PORT })),
];

function otherPorts(model: GcpModel, { attachments }: GcpWorkload, needs: readonly Need[]): Candidate[] {
  return attachments.flatMap((attachment) =>
    model.firewall
      .passed(attachment, 'EGRESS')
      .filter(({ packets }) => !needed(packets, needs) && OUTSIDE.some((set) => intersect(set, packets)))
      .map(({ packets, truth, hop, change }) => ({
        truth,
        path: [{ id: attachment.id, by: attachment.by }, hop],
        reason: `its firewall lets out ${beyondNeed(packets, needs)}`,
        change: change || `narrow ${hop.id}`,
      })),
  );
}

function needed(packets: Packets, needs: readonly Need[]): boolean {
  const { addresses, protocols, ports } = packets;
  const tcp = protocols.first === 6 && protocols.last === 6;
  const names = ports.first === 53 && ports.last === 53 && addresses.first === addresses.last;
  if (names && (tcp || (protocols.first === 17 && protocols.last === 17))) return true;
  return isNeeded(packets, needs);
}

function inwards(model: GcpModel, workload: GcpWorkload): Candidate[] {
  const beyond = gcpWaysOut(model, workload)
    .filter(({ destination }) => !destination.startsWith('the internet'))
    .map(({ destination, ...way }) => ({ ...way, reason: `it reaches ${destination}` }));
  const agents = new Set(model.agents.map(({ id }) => id));
  const reached = neighboursOf(model, workload)
    .filter(({ id }) => agents.has(id))
    .flatMap(({ ways, id }) => ways.map((way) => ({ ...way, reason: `it reaches ${id}` })));
  const unseen = workload.attachments.flatMap(({ id, by, network }): Candidate[] => {
    if (network.kind === 'resource') return [];
    const fact = Unknown.of(`agents(${network.id})`, `nothing in ${network.id}, or joined to it, is an agent`);
    return [
      {
        truth: network.kind === 'unknown' ? network.unknown : fact,
        path: [
          { id, by },
          { id: network.id, by: 'a network the documents don’t hold' },
        ],
        reason: 'what its network is joined to isn’t known',
        change: '',
      },
    ];
  });
  return [...beyond, ...reached, ...unseen];
}

/** Who may send it packets: the window's own range, or the platform's health checks. */
function callers(model: GcpModel, { attachments }: GcpWorkload): Candidate[] {
  return attachments.flatMap((attachment) => {
    const doors = doorsOf(model, attachment);
    return model.firewall
      .passed(attachment, 'INGRESS')
      .filter(({ packets }) => ![...doors, ...HEALTH_CHECKERS].some((range) => contains(range, packets.addresses)))
      .map((passed) => caller(attachment, passed));
  });
}

function caller({ id, by }: Attachment, { truth, hop }: Passed): Candidate {
  return {
    truth,
    path: [hop, { id, by }],
    reason: 'its firewall admits addresses other than its window’s',
    change: `name the window’s range in ${hop.id}`,
  };
}

/** Where connections of its window come from: subnets of its Private Service Connect, and agents in its own network. */
function doorsOf(model: GcpModel, { network }: Attachment): readonly Range[] {
  const psc = model.networks
    .subnetsOf(network.id)
    .filter(({ resource }) => resource && setting(resource.properties, 'purpose') === 'PRIVATE_SERVICE_CONNECT');
  const given = model.networks
    .all()
    .filter(
      ({ resource, network: its }) =>
        resource &&
        setting(resource.properties, 'purpose') === 'PRIVATE_SERVICE_CONNECT' &&
        model.networks.same(its, network) === true,
    );
  const agents = model.agents.flatMap(({ attachments }) =>
    attachments.filter(({ network: its }) => its.id === network.id).flatMap(({ subnet }) => subnet ?? []),
  );
  return [...psc, ...given, ...agents].flatMap(({ ranges }) => ranges);
}
