import { contains } from './filters';
import { ofType, type World } from './world';

/** The network that a subnet is in. */
export const networkOf = (world: World, subnet: string): string => String(world[subnet]?.properties.VpcId);

/** The network at the other end of a peering. */
export function otherSide(world: World, peering: string, network: string): string {
  const { VpcId, PeerVpcId } = world[peering]?.properties ?? {};
  return String(PeerVpcId === network ? VpcId : PeerVpcId);
}

/** Whether an address is of a network's own ranges. */
export function isOwn(world: World, network: string, address: string): boolean {
  const more = ofType(world, 'EC2::VPCCidrBlock').filter(({ properties }) => properties.VpcId === network);
  return [world[network], ...more].some((one) =>
    [one?.properties.CidrBlock, one?.properties.Ipv6CidrBlock].some((range) => contains(range, address)),
  );
}

const attachedTo = (world: World, transit: string) =>
  ofType(world, 'EC2::TransitGatewayAttachment').filter(({ properties }) => properties.TransitGatewayId === transit);

/** Whether a peering or a transit gateway carries packets into a network. */
export function joins(world: World, by: string, network: string): boolean {
  if (world[by]?.type === 'AWS::EC2::TransitGateway')
    return attachedTo(world, by).some(({ properties }) => properties.VpcId === network);
  if (world[by]?.type !== 'AWS::EC2::VPCPeeringConnection') return false;
  const { VpcId, PeerVpcId } = world[by].properties;
  return [VpcId, PeerVpcId].includes(network);
}

/** Whether a gateway carries packets to somewhere that no template holds. */
export function leadsAway(world: World, by: string): boolean {
  const { type, properties = {} } = world[by] ?? {};
  if (type === 'AWS::EC2::VPCPeeringConnection') return world[String(properties.PeerVpcId)] === undefined;
  // Whoever owns a transit gateway attaches to it what he likes.
  return type === 'AWS::EC2::TransitGateway' || type === 'AWS::EC2::VPNGateway';
}
