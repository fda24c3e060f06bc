import {
  CfnSecurityGroup,
  CfnSecurityGroupEgress,
  type IPeer,
  type IVpc,
  type Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** Names an address and a protocol nothing uses: a rule that lets nothing out. */
export const SENTINEL_EGRESS: CfnSecurityGroup.EgressProperty = {
  cidrIp: '255.255.255.255/32',
  ipProtocol: 'icmp',
  fromPort: 252,
  toPort: 86,
  description: 'Disallow all traffic',
};

export interface ClosedSecurityGroupProps {
  readonly vpc: IVpc;
  readonly description: string;
}

/**
 * A security group whose own resource states that nothing leaves; every rule is a resource of its own beside it.
 * `allowAllOutbound: false` alone isn't enough: the first rule to another group drops the library's own sentinel, and
 * CloudFormation creates a group without any egress rule as allow-all.
 */
export class ClosedSecurityGroup extends SecurityGroup {
  constructor(scope: Construct, id: string, props: ClosedSecurityGroupProps) {
    super(scope, id, { ...props, allowAllOutbound: false });
    const resource = this.node.defaultChild;
    if (!(resource instanceof CfnSecurityGroup))
      throw new Error(`${this.node.path}: expected a security group resource [group-not-found]`);
    resource.securityGroupEgress = [SENTINEL_EGRESS];
  }

  override addEgressRule(peer: IPeer, connection: Port, description?: string, remoteRule?: boolean): void {
    if (!peer.canInlineRule || !connection.canInlineRule)
      return super.addEgressRule(peer, connection, description, remoteRule);
    // The library would write it into the group's own list, which the sentinel has replaced: the rule would be lost.
    const id = `to ${peer.uniqueId}:${connection.toString()}`;
    if (this.node.tryFindChild(id)) return;
    new CfnSecurityGroupEgress(this, id, {
      groupId: this.securityGroupId,
      ...peer.toEgressRuleConfig(),
      ...connection.toRuleJson(),
      ipProtocol: connection.toRuleJson().ipProtocol,
      ...(description === undefined ? {} : { description }),
    });
  }
}
