/** Why a finding of cdk-nag is accepted, by the rule without its pack; a finding that isn't here fails the test. */
export const ACCEPTED: Readonly<Record<string, string>> = {
  'IAM5[Resource::*]': 'ecr:GetAuthorizationToken has no resource; pulls themselves name one repository',
  'IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>:task/<id>/*]':
    'the launcher stops tasks of its own cluster, whose ids are not known before they run',
  'IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/*]':
    'the rules of the Bedrock example admit every model; the proxy’s role follows the rules',
  'IAM5[Resource::arn:<AWS::Partition>:bedrock:us-east-1:<AWS::AccountId>:inference-profile/*]':
    'the rules of the Bedrock example admit every model; the proxy’s role follows the rules',
  ECS2: 'the variables hold addresses, placeholders and the compiled policy; a secret is refused there',
  ECS4: 'Container Insights costs by the metric; switch it on for the account',
  SMG4: 'a provider’s key is rotated at the provider; keeper uses a new value within a minute, without a deployment',
  ELB2: 'the proxy writes a record of every request, which says more than the balancer’s',
  SF1: 'the history of each run is kept by Step Functions; a log would copy the callers’ inputs',
  SF2: 'one task a run: there is nothing to trace',
  IAMNoInlinePolicy: 'each policy belongs to one role, lives and ends with it, and is written by this template alone',
  CloudWatchLogGroupEncrypted: 'encrypted by a key of AWS unless the network has an encryptionKey',
  VPCNoUnrestrictedRouteToIGW: 'the proxy’s way out; the agents’ network has no gateway at all',
  SecretsManagerRotationEnabled: 'a provider’s key is rotated at the provider; keeper uses a new value within a minute',
  SecretsManagerUsingKMSKey:
    'a key of your own does not narrow who reads; the resource policy does; the network takes an encryptionKey',
  ELBDeletionProtectionEnabled: 'a stack that can’t be deleted is left behind; deletion is a right of the deployer',
  ELBLoggingEnabled: 'the proxy writes a record of every request, which says more than the balancer’s',
  ELBv2ACMCertificateRequired:
    'the balancer passes bytes; TLS ends in Envoy with the authority’s own certificates, and base-URL calls never leave PrivateLink',
};
