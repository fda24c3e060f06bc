import {
  AclCidr,
  AclTraffic,
  Action,
  type CommonNetworkAclEntryOptions,
  type IVpc,
  NetworkAcl,
  type SubnetSelection,
  TrafficDirection,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

const ANY = '0.0.0.0/0';

/**
 * A second, stateless wall around the agents' subnets: TCP inside the network, and HTTPS out with its answers, because S3
 * has public addresses. No UDP, no ICMP, no other port leaves, whatever a group says. Names aren't filtered by it.
 */
export function addNetworkAcl(scope: Construct, vpc: IVpc, subnetSelection: SubnetSelection, cidr: string): NetworkAcl {
  const acl = new NetworkAcl(scope, 'Acl', { vpc, subnetSelection });
  const { INGRESS, EGRESS } = TrafficDirection;
  const allow = (id: string, entry: Omit<CommonNetworkAclEntryOptions, 'ruleAction'>) =>
    acl.addEntry(id, { ruleAction: Action.ALLOW, ...entry });
  const inside = { cidr: AclCidr.ipv4(cidr), traffic: AclTraffic.tcpPortRange(0, 65535), ruleNumber: 100 };
  allow('InsideIn', { ...inside, direction: INGRESS });
  allow('InsideOut', { ...inside, direction: EGRESS });
  const outside = { cidr: AclCidr.ipv4(ANY), ruleNumber: 200 };
  allow('HttpsOut', { ...outside, traffic: AclTraffic.tcpPort(443), direction: EGRESS });
  allow('AnswersIn', { ...outside, traffic: AclTraffic.tcpPortRange(1024, 65535), direction: INGRESS });
  return acl;
}
