import { ACCOUNT, fields, list, ofType, type World } from './world';
import { contains, rulesIn } from './filters';
import { decide } from './iam';
import { fromOutside, isHttps, leavesByIp, meet, reachesNeighbour } from './packets';

const ELB = 'ElasticLoadBalancingV2';
/** Somebody of whom no template says who he is. */
const STRANGER = 'a stranger';

/** The services behind an endpoint of somebody's service, a load balancer or a target group. */
function behind(world: World, id: string): readonly string[] {
  const { type = '', properties = {} } = world[id] ?? {};
  switch (type.replace('AWS::', '')) {
    case 'EC2::VPCEndpoint': {
      const door = ofType(world, 'EC2::VPCEndpointService').find(({ id: its }) =>
        String(properties.ServiceName).endsWith(`.${its}`),
      );
      if (door) return list(door.properties.NetworkLoadBalancerArns).flatMap((one) => behind(world, String(one)));
      return /^com\.amazonaws\.[\w-]+\.\w+$/.test(String(properties.ServiceName)) ? [] : [STRANGER];
    }
    case `${ELB}::LoadBalancer`:
      return ofType(world, `${ELB}::Listener`)
        .filter(({ properties: its }) => its.LoadBalancerArn === id)
        .flatMap((listener) => [
          ...list(listener.properties.DefaultActions),
          ...ofType(world, `${ELB}::ListenerRule`)
            .filter(({ properties: its }) => its.ListenerArn === listener.id)
            .flatMap(({ properties: its }) => list(its.Actions)),
        ])
        .map(fields)
        .flatMap(({ TargetGroupArn, ForwardConfig }) => [
          ...(TargetGroupArn === undefined ? [] : [TargetGroupArn]),
          ...list(fields(ForwardConfig).TargetGroups).map((one) => fields(one).TargetGroupArn),
        ])
        .flatMap((group) => behind(world, String(group)));
    case `${ELB}::TargetGroup`:
      return [
        ...list(properties.Targets).map(() => STRANGER),
        ...ofType(world, 'ECS::Service')
          .filter(({ properties: its }) => list(its.LoadBalancers).some((one) => fields(one).TargetGroupArn === id))
          .map(({ id: service }) => service),
      ];
    default:
      return [STRANGER];
  }
}

const balancers = (world: World) => ofType(world, `${ELB}::LoadBalancer`);

/** The first that the agent meets, in its network or through an endpoint or a load balancer of it. */
export function meetsNeighbour(world: World, agent: string): string | undefined {
  const doors = [...ofType(world, 'EC2::VPCEndpoint'), ...balancers(world)].filter(({ id }) => meet(world, agent, id));
  const through = doors.find(({ id }) => behind(world, id).some((one) => one !== 'Proxy'));
  return reachesNeighbour(world, agent) ?? (through && `what stands behind ${through.id}`);
}

/** What the proxy may do that no policy needs, or who uses it that isn't an agent, in words. */
export function misusesProxy(world: World, agent: string): string | undefined {
  const other = leavesByIp(world, 'Proxy', (packet) => !isHttps(packet));
  if (other !== undefined) return other;
  if (meet(world, 'Proxy', agent)) return 'it connects to the agent';
  if (fields(world.Proxy?.properties).EnableExecuteCommand === true) return 'a session in it';
  return reachedByStranger(world, 'Proxy', [agent, 'Proxy']) ?? attached(world, 'Proxy') ?? readsAnything(world);
}

/** Who calls a tool that isn't the proxy, in words. */
export function callsTool(world: World): string | undefined {
  if (!world.Tool) return undefined;
  if (fields(world.Tool.properties).EnableExecuteCommand === true) return 'a session in it';
  return reachedByStranger(world, 'Tool', ['Proxy', 'Tool']);
}

function reachedByStranger(world: World, to: string, known: readonly string[]): string | undefined {
  const others = ofType(world, 'ECS::Service')
    .map(({ id }) => id)
    .filter((id) => !known.includes(id));
  const before = balancers(world).filter(({ id }) => behind(world, id).includes(to));
  for (const id of others) {
    if (meet(world, id, to)) return `${id} connects to it`;
    const front = before.find((one) => meet(world, id, one.id));
    if (front) return `${id} connects to ${front.id}`;
  }
  const online = before.find(
    ({ id, properties }) => properties.Scheme === 'internet-facing' && admitsInternet(world, id),
  );
  return online ? `the internet connects to ${online.id}` : fromOutside(world, to);
}

function admitsInternet(world: World, id: string): boolean {
  const groups = list(world[id]?.properties.SecurityGroups).map(String);
  const stranger = { subnet: '', groups: [], v4: '8.8.8.8', isPublic: true };
  const own = { ...stranger, groups };
  return (
    ofType(world, 'EC2::VPCGatewayAttachment').length > 0 &&
    rulesIn(world, own, '8.8.8.8', stranger).some(({ CidrIp }) => contains(CidrIp, '8.8.8.8'))
  );
}

/** An endpoint that anybody may attach to a service of the template that leads to somebody. */
function attached(world: World, to: string): string | undefined {
  return ofType(world, 'EC2::VPCEndpointService')
    .filter(({ properties }) => String(properties.AcceptanceRequired) === 'false')
    .filter(({ properties }) =>
      list(properties.NetworkLoadBalancerArns).some((one) => behind(world, String(one)).includes(to)),
    )
    .find(({ id }) =>
      ofType(world, 'EC2::VPCEndpointServicePermissions').some(
        ({ properties }) =>
          properties.ServiceId === id &&
          list(properties.AllowedPrincipals).some((one) => one === '*' || !String(one).includes(ACCOUNT)),
      ),
    )?.id;
}

/** A secret that has nothing to do with the proxy, and that its role reads. */
function readsAnything(world: World): string | undefined {
  const role = String(world.ProxyTask?.properties.TaskRoleArn).split('/').pop() ?? '';
  const policies = list(world[role]?.properties.Policies).map((one) => fields(one).PolicyDocument);
  const request = {
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:another-Ab12Cd`,
    principal: undefined,
    context: {},
  };
  return policies.some((policy) => decide(policy, request) === 'allowed') ? 'its role reads any secret' : undefined;
}
