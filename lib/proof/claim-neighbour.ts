import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import { isCloudService } from './claim-cloud-api';
import { Belongings } from './belonging';
import type { Candidate, Claim, Judged } from './claim';
import { fileSystemDoubts, fileSystemIn, mountTargetsOf } from './aws-file-systems';
import { property } from './evaluate';
import type { Placement } from './model';
import { placementDoubts } from './placement-doubts';
import { several } from './policy-document';
import { reaches } from './reaches';
import type { Resource } from './templates';
import { and, isObject, shown, Unknown, type Value } from './value';
import { isNowhere } from './unrouted';

/** Nothing else in its network can be reached. */
export const neighbourClaim: Claim = {
  id: 'neighbour',
  says: 'It reaches no other workload, database or agent of its network.',
  attack:
    'An agent hands what it has read to another with a way out, or takes it from a service that trusts the network.',
  of: ['agent', 'tool'],
  prove: (model, workload) => {
    const doubts = [
      ...placementDoubts(workload, 'its neighbours'),
      ...workload.placements.flatMap((placement) => [...imported(model, placement), ...members(model, placement)]),
      ...lattice(model, workload),
      ...severalProxies(model, workload),
    ];
    return [
      ...interfaces(model, workload),
      ...volumes(model, workload),
      {
        destination: 'anything else in its network',
        candidates: doubts,
        closed: 'no rule of its groups meets one that admits it',
      },
    ];
  },
};

function interfaces(model: AwsModel, workload: Workload): Judged[] {
  // Judged as volumes.
  const mounted = mountTargetsOf(model, workload);
  return model.network.interfaces.flatMap((to): Judged[] => {
    const behind = model.window.behind(to.id).what;
    if (mounted.has(to.id)) return [];
    if (behind === 'proxy' || (to.kind === 'endpoint' && isCloudService(model, to.id) === true)) return [];
    const ways = workload.placements.flatMap((placement) => reaches(placement, to, model.network));
    if (ways.length === 0) return [];
    // Somebody else's service: what is behind it no template says.
    const foreign = to.kind === 'endpoint' && behind === 'unknown';
    const also = foreign
      ? Unknown.of(`behind(${to.id})`, `behind ${to.id} stands the proxy, or nothing that passes data on`)
      : true;
    const own = workload.placements.some(({ id }) => id === to.id);
    const reason = own ? 'copies of it reach each other' : `it reaches ${to.what}`;
    const candidates = ways.map(({ truth, path, change }) => ({ truth: and(truth, also), path, change, reason }));
    return [{ destination: own ? `other copies of it (${to.id})` : `${to.what} (${to.id})`, candidates, closed: '' }];
  });
}

/** The proxy of another agent has another policy, and other credentials. */
function severalProxies(model: AwsModel, workload: Workload): Candidate[] {
  const reached = new Map<string, Candidate['path']>();
  for (const to of model.network.interfaces) {
    const { what, hops } = model.window.behind(to.id);
    if (what !== 'proxy') continue;
    const [way] = workload.placements.flatMap((placement) => reaches(placement, to, model.network));
    const services = new Set([to.id, ...hops]);
    const behind = model.proxies.filter(({ launches }) => launches.some(({ id }) => services.has(id)));
    if (way) for (const proxy of behind) reached.set(proxy.id, [...way.path, { id: proxy.id, by: 'the proxy' }]);
  }
  if (reached.size < 2) return [];
  const named = [...reached.keys()].join(' and ');
  const truth = Unknown.of(`proxies(${workload.id})`, `${workload.id} is meant to use each of ${named}`);
  return [...reached.values()].map((path) => ({
    truth,
    path,
    reason: `it reaches more than one proxy: ${named}`,
    change: '',
  }));
}

function volumes(model: AwsModel, workload: Workload): Judged[] {
  const { id, definition } = workload;
  return several(property(definition.properties, 'Volumes')).flatMap((volume, index): Judged[] => {
    const system = fileSystemIn(volume) ?? property(volume, 'FSxWindowsFileServerVolumeConfiguration', 'FileSystemId');
    if (system === undefined && isOwn(volume)) return [];
    const shared =
      system === undefined ? `the volume ${shown(property(volume, 'Name'))}` : `the file system ${shown(system)}`;
    const path = [{ id, by: `Volumes[${index}]` }];
    const known = model.templates.referred(system);
    if (known?.type === 'AWS::EFS::FileSystem') {
      const candidates = fileSystemDoubts(model, workload, known, volume).map((one) => ({
        ...one,
        path: [...path, ...one.path],
      }));
      const closed =
        'its policy admits no one as root and only by an access point, and its group admits this task alone';
      return [{ destination: shared, candidates, closed }];
    }
    const truth = Unknown.of(`volume(${id})`, `${shared} is shared with nothing else`);
    return [
      {
        destination: shared,
        candidates: [{ truth, path, reason: 'a volume may be shared with others', change: '' }],
        closed: 'shared with nothing else',
      },
    ];
  });
}

/** Whether a volume is made for one task and goes with it. */
function isOwn(volume: Value): boolean {
  if (!isObject(volume)) return false;
  const more = Object.keys(volume).filter((name) => !['Name', 'Host', 'ConfiguredAtLaunch'].includes(name));
  return more.length === 0 && property(volume, 'Host', 'SourcePath') === undefined;
}

/** A network that the templates don't hold has neighbours nobody knows; a rule by address may reach them. */
function imported(model: AwsModel, { id, by, segments, groups }: Placement): Candidate[] {
  const unseen = segments.filter(({ network }) => !model.templates.find(network));
  const wide = groups.flatMap(({ egress }) =>
    egress.filter(({ peer }) => peer.kind === 'range' && !isNowhere(peer.range)),
  );
  const [rule] = wide;
  if (!rule) return [];
  return unseen.map((segment) => ({
    truth: and(
      rule.exists,
      Unknown.of(`neighbours(${segment.id})`, `nothing in the network of ${segment.id} admits it`),
    ),
    path: [
      { id, by },
      { id: rule.id, by: rule.by },
      { id: segment.id, by: 'a network the templates don’t hold' },
    ],
    reason: 'neighbours in a network that isn’t in the templates aren’t known',
    change: '',
  }));
}

/** A rule to a group that no template holds: its members aren't known. */
function members(model: AwsModel, { id, by, groups }: Placement): Candidate[] {
  return groups.flatMap(({ egress }) =>
    egress.flatMap((rule): Candidate[] => {
      const { peer } = rule;
      if (peer.kind !== 'group' || model.templates.find(peer.id)?.type === 'AWS::EC2::SecurityGroup') return [];
      const name = model.groups.shown(peer.id);
      return [
        {
          truth: and(rule.exists, Unknown.of(`members(${name})`, `nothing but the proxy is in the group ${name}`)),
          path: [
            { id, by },
            { id: rule.id, by: rule.by },
          ],
          reason: 'it reaches the members of a group that no template holds',
          change: '',
        },
      ];
    }),
  );
}

/** VPC Lattice reaches services without a route. */
function lattice({ templates }: AwsModel, { placements }: Workload): Candidate[] {
  const networks = new Set(placements.flatMap(({ segments }) => segments.map(({ network }) => network)));
  const types = ['AWS::VpcLattice::ServiceNetworkVpcAssociation', 'AWS::VpcLattice::ResourceGateway'];
  const vpc = ({ properties }: Resource) => property(properties, 'VpcIdentifier') ?? property(properties, 'VpcId');
  const joined = types.flatMap((type) => {
    const all = new Belongings(templates, type, vpc, 'AWS::EC2::VPC');
    return [...networks].flatMap((network) => all.of(network));
  });
  return joined.map(({ resource: { id, type }, truth }) => ({
    truth: and(truth, Unknown.of(`lattice(${id})`, `no service of the network ${id} admits it`)),
    path: [{ id, by: type }],
    reason: 'VPC Lattice reaches services without a route',
    change: `remove ${id}`,
  }));
}
