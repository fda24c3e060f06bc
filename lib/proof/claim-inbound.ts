import type { Workload } from './aws-tasks';
import type { Candidate, Claim } from './claim';
import { property } from './evaluate';
import { placementDoubts } from './placement-doubts';
import { several } from './policy-document';
import { and, keyOf, Unknown, unknownIn } from './value';
import { changeOf } from './ways-out';

/** Nobody can connect to the workload. */
export const inboundClaim: Claim = {
  id: 'inbound',
  says: 'Nothing can connect to it, by packet or by session.',
  attack:
    'A tunnel needs only one side that dials: someone connects to the agent, or opens an ECS Exec session, and carries out what it has read.',
  of: ['agent'],
  prove: (_model, workload) => [
    {
      destination: 'connections to it',
      candidates: [
        ...placementDoubts(workload, 'connections to it'),
        ...admitted(workload),
        ...published(workload),
        ...(workload.machine?.inbound ?? []),
      ],
      closed: 'none of its groups admits anything, and no load balancer stands before it',
    },
    {
      destination: 'sessions into it (ECS Exec)',
      candidates: execWays(workload),
      closed: 'no launcher enables ECS Exec',
    },
  ],
};

function admitted({ placements }: Workload): Candidate[] {
  return placements.flatMap((placement) =>
    placement.groups.flatMap(({ ingress }) =>
      ingress.map((rule): Candidate => ({
        truth: and(rule.exists, rule.peer.kind === 'unknown' ? rule.peer.unknown : true),
        path: [
          { id: rule.id, by: rule.by },
          { id: placement.id, by: placement.by },
        ],
        reason: 'a rule of its group admits connections',
        change: changeOf(rule),
      })),
    ),
  );
}

function published({ launches }: Workload): Candidate[] {
  return launches.flatMap(({ id, resource }): Candidate[] => {
    const balancers = several(property(resource.properties, 'LoadBalancers'));
    const lattice = several(property(resource.properties, 'VpcLatticeConfigurations'));
    const connect = property(resource.properties, 'ServiceConnectConfiguration', 'Enabled');
    return [
      ...balancers.map((_, index): Candidate => ({
        truth: true,
        path: [{ id, by: `LoadBalancers[${index}]` }],
        reason: 'a load balancer sends connections to it',
        change: `remove LoadBalancers from ${id}`,
      })),
      ...lattice.map((_, index): Candidate => ({
        truth: true,
        path: [{ id, by: `VpcLatticeConfigurations[${index}]` }],
        reason: 'VPC Lattice sends connections to it',
        change: `remove VpcLatticeConfigurations from ${id}`,
      })),
      ...(connect === undefined || connect === false
        ? []
        : [
            {
              truth: Unknown.of(`service-connect(${id})`, `Service Connect of ${id} brings no connection to it`),
              path: [{ id, by: 'ServiceConnectConfiguration' }],
              reason: 'Service Connect stands before it',
              change: '',
            },
          ]),
    ];
  });
}

/** Launchers that enable ECS Exec. */
export function execWays({ launches }: Workload): Candidate[] {
  return launches.flatMap(({ id, by, enableExec, fromInput }): Candidate[] => {
    const way = (truth: Candidate['truth'], reason: string): Candidate[] => [
      {
        truth,
        path: [{ id, by: `${by === 'NetworkConfiguration' ? '' : `${by} `}EnableExecuteCommand` }],
        reason,
        change: `set EnableExecuteCommand of ${id} to false`,
      },
    ];
    if (fromInput.includes('EnableExecuteCommand')) return way(true, 'whoever starts it may enable ECS Exec');
    if (enableExec === undefined || keyOf(enableExec) === 'false') return [];
    return way(
      unknownIn(enableExec) ?? true,
      'ECS Exec is on: a tunnel into the task and out of it that no proxy sees',
    );
  });
}
