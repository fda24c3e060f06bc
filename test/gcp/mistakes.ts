import { type Row, set } from './changes';

const JOB = 'Agent/Job';
const RUN = 'template.template';
const DENY = 'Network/Firewall/deny-egress-v4';

/** The ten mistakes that the real provider takes at validate and plan, one of each. */
export const MISTAKES: readonly Row[] = [
  ['a rule with two ends', 'firewall-two-ends', 'got both', set(DENY, 'source_ranges', ['10.0.0.0/8'])],
  ['a range that can’t be', 'cidr-invalid', 'got "10.0.0.0/99"', set(DENY, 'destination_ranges', ['10.0.0.0/99'])],
  [
    'host bits in a subnet',
    'cidr-invalid',
    'got "10.10.0.5/24"',
    set('Network/Agents', 'ip_cidr_range', '10.10.0.5/24'),
  ],
  [
    'subnets that overlap',
    'cidr-overlap',
    'got one that overlaps it',
    // Not beside a range that can't be read.
    { ...set('Network/WindowSubnet', 'ip_cidr_range', '10.10.0.0/28'), place: 'Network/Agents ip_cidr_range' },
  ],
  [
    'a connector beside the network',
    'agent-connector',
    'got a connector beside it',
    set(JOB, `${RUN}.vpc_access.connector`, 'projects/p/locations/l/connectors/c'),
  ],
  ['a listener with two targets', 'listener-two-targets', 'got both', set('Proxy/Front/Listener', 'target', 'x')],
  ['all ports beside some', 'listener-all-ports', 'got all_ports', set('Proxy/Front/Listener', 'all_ports', true)],
  ['a preference that isn’t one', 'door-open', 'got "ACCEPT"', set('Window/Door', 'connection_preference', 'ACCEPT')],
  [
    'a limit of another kind',
    'agent-limits',
    'got gpu',
    set(JOB, `${RUN}.containers.0.resources.limits`, { gpu: '1' }),
  ],
  [
    'a missing tag',
    'agent-untagged',
    'expected the tag "agent"',
    set(JOB, `${RUN}.vpc_access.network_interfaces.0.tags`, null),
  ],
];
