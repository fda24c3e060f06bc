import type { Accepted } from '../scanners/finding';

const LIBRARY_FUNCTION = /^CustomVpcRestrictDefaultSGCustomResourceProviderHandler$/;
const OF_LIBRARY = 'the library’s own function, which runs once a deployment to empty a default group';

/** What cfn-lint finds in the examples. */
export const OF_CFN_LINT: readonly Accepted[] = [
  {
    rule: 'W3005',
    of: /^(?:CustomVpcRestrictDefaultSGCustomResourceProviderHandler|\w*LauncherStateMachine|MicrovmAgentWayConnector|\w*(?:Window|Front)Endpoint)$/,
    reason: 'the library writes a dependency that a reference already makes',
  },
];

/** What checkov finds in the examples. */
export const OF_CHECKOV: readonly Accepted[] = [
  {
    rule: 'CKV_AWS_65',
    of: /Cluster$/,
    reason: 'Container Insights costs by the metric; switch it on for the account',
  },
  {
    rule: 'CKV_AWS_91',
    of: /FrontPrivateBalancer$/,
    reason: 'the proxy writes a record of every request, which says more than the balancer’s',
  },
  { rule: 'CKV_AWS_115', of: LIBRARY_FUNCTION, reason: OF_LIBRARY },
  { rule: 'CKV_AWS_116', of: LIBRARY_FUNCTION, reason: OF_LIBRARY },
  { rule: 'CKV_AWS_117', of: LIBRARY_FUNCTION, reason: OF_LIBRARY },
  {
    rule: 'CKV_AWS_123',
    of: /FrontPrivateEndpointService$/,
    reason: 'the allowed principal is this account alone; manual acceptance would stop each deployment',
  },
  {
    rule: 'CKV_AWS_149',
    of: /(?:TaskSecrets\w+|TaskAuthoritySeed|TicketsToken)$/,
    reason: 'a key of your own does not narrow who reads; the resource policy does',
  },
  {
    rule: 'CKV_AWS_158',
    of: /(?:FlowLogs|Log)$/,
    reason: 'encrypted by a key of AWS unless the network has an encryptionKey',
  },
];
