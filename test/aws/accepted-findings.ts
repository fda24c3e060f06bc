import type { Accepted } from '../scanners/finding';

const WHOLE_MODELS = 'the rules of the Bedrock example admit every model; the proxy’s role follows the rules';
const NO_ROTATION =
  'a provider’s key is rotated at the provider; keeper uses a new value within a minute, without a deployment';
const OWN_RECORD = 'the proxy writes a record of every request, which says more than the balancer’s';
const SECRET = /(?:TaskSecrets\w+|TaskAuthoritySeed|TicketsToken)$/;
const NO_ID = 'it has no id before it is made; conditions bind it to the launch template';
const BALANCER = /FrontPrivateBalancer$/;

/** What the packs of cdk-nag find in the examples; each rule without its pack's name. */
export const ACCEPTED: readonly Accepted[] = [
  {
    rule: 'IAM5[Resource::*]',
    of: /ExecutionRoleDefaultPolicy$/,
    reason: 'ecr:GetAuthorizationToken has no resource; pulls themselves name one repository',
  },
  {
    rule: 'IAM5[Resource::*]',
    of: /GvisorLauncherRoleDefaultPolicy$/,
    reason: 'ec2:DescribeInstances has no resource; it is how a run is seen to end',
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<id>/*]',
    of: /LauncherRoleDefaultPolicy$/,
    reason: 'the launcher stops tasks of its own cluster, whose ids are not known before they run',
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/*]',
    of: /ProxyTaskRoleDefaultPolicy$/,
    reason: WHOLE_MODELS,
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:bedrock:us-east-1:<AWS::AccountId>:inference-profile/*]',
    of: /ProxyTaskRoleDefaultPolicy$/,
    reason: WHOLE_MODELS,
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:network-interface/*]',
    of: /(?:LauncherRole|WayOperator)DefaultPolicy$/,
    reason: `${NO_ID}, or the call’s other resources to a subnet and a group`,
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:volume/*]',
    of: /LauncherRoleDefaultPolicy$/,
    reason: NO_ID,
  },
  {
    rule: 'IAM5[Resource::arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:instance/*]',
    of: /LauncherRoleDefaultPolicy$/,
    reason: NO_ID,
  },
  {
    rule: 'ECS2',
    of: /Definition$/,
    reason: 'the variables hold addresses, placeholders and the compiled policy; a secret is refused there',
  },
  { rule: 'ECS4', of: /Cluster$/, reason: 'Container Insights costs by the metric; switch it on for the account' },
  { rule: 'SMG4', of: SECRET, reason: NO_ROTATION },
  { rule: 'SecretsManagerRotationEnabled', of: SECRET, reason: NO_ROTATION },
  {
    rule: 'SecretsManagerUsingKMSKey',
    of: SECRET,
    reason: 'a key of your own does not narrow who reads; the resource policy does; the network takes an encryptionKey',
  },
  { rule: 'ELB2', of: BALANCER, reason: OWN_RECORD },
  { rule: 'ELBLoggingEnabled', of: BALANCER, reason: OWN_RECORD },
  {
    rule: 'ELBDeletionProtectionEnabled',
    of: BALANCER,
    reason: 'a stack that can’t be deleted is left behind; deletion is a right of the deployer',
  },
  {
    rule: 'ELBv2ACMCertificateRequired',
    of: /FrontPrivateBalancerListener\d+$/,
    reason:
      'the balancer passes bytes; TLS ends in Envoy with the authority’s own certificates, and base-URL calls never leave PrivateLink',
  },
  {
    rule: 'SF1',
    of: /LauncherStateMachine$/,
    reason: 'the history of each run is kept by Step Functions; a log would copy the callers’ inputs',
  },
  { rule: 'SF2', of: /LauncherStateMachine$/, reason: 'one task a run: there is nothing to trace' },
  {
    rule: 'IAMNoInlinePolicy',
    of: /DefaultPolicy$/,
    reason: 'each policy belongs to one role, lives and ends with it, and is written by this template alone',
  },
  {
    rule: 'CloudWatchLogGroupEncrypted',
    of: /(?:FlowLogs|Log)$/,
    reason: 'encrypted by a key of AWS unless the network has an encryptionKey',
  },
  {
    rule: 'VPCNoUnrestrictedRouteToIGW',
    of: /^\w*EgressVpcPublicSubnet\d+DefaultRoute$/,
    reason: 'the proxy’s way out; the agents’ network has no gateway at all',
  },
];
