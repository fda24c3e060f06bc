import { Annotations } from 'aws-cdk-lib';
import { type IVpc, type SelectedSubnets, type SubnetSelection, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/** What nothing in a template says of a VPC that was made elsewhere. */
const UNPROVEN = [
  'its route tables lead nowhere but to the network itself and to endpoints',
  'its DNS support and DNS host names are on, and no other DNS firewall rule comes first',
  'it has no peering, transit gateway, VPN or IPv6 range that these subnets can reach',
  'no endpoint of ECR, CloudWatch Logs or S3 stands in it already but those that existingEndpoints names',
  'nothing but agents uses it: their names are walled for the whole network',
];

/**
 * The subnets of a VPC that exists already, for agents. What can be checked here is; the rest is said in a warning, which
 * names the facts that `anchorhold prove` will also ask for.
 * @throws Error with every problem: `subnets-none`, `subnet-public`, `subnet-with-egress`, `vpc-looked-up`
 */
export function agentSubnets(scope: Construct, vpc: IVpc, selection: SubnetSelection | undefined): SelectedSubnets {
  const subnets = vpc.selectSubnets(selection ?? { subnetType: SubnetType.PRIVATE_ISOLATED });
  const egress = new Set(vpc.privateSubnets.map(({ subnetId }) => subnetId));
  const problems: string[] = [];
  if (subnets.subnetIds.length === 0)
    problems.push('subnets: expected at least one isolated subnet, got none; choose them with subnets [subnets-none]');
  if (subnets.hasPublic)
    problems.push(
      'subnets: expected isolated subnets, got a public one: the internet is one public address away; choose others [subnet-public]',
    );
  if (subnets.subnetIds.some((id) => egress.has(id)))
    problems.push(
      'subnets: expected isolated subnets, got one with a way out (NAT): the proxy is then not the only one; choose others [subnet-with-egress]',
    );
  if (vpc.vpcId === 'vpc-12345')
    problems.push(
      'vpc: expected a VPC whose subnets are known, got the stand-in of a look-up that has not run; name them with Vpc.fromVpcAttributes [vpc-looked-up]',
    );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  // The templates say what a network made beside this one is.
  if (vpc instanceof Vpc) return subnets;
  Annotations.of(scope).addWarningV2(
    'anchorhold:vpc-unproven',
    `vpc: this network was made elsewhere; see that ${UNPROVEN.join('; ')}`,
  );
  return subnets;
}
