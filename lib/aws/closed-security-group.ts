import { CfnSecurityGroup, type IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
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
 * A security group whose own resource states that nothing leaves, whatever becomes of its separate rules.
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
}
