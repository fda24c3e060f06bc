import type { Accepted } from '../scanners/finding';

/** What checkov finds in the examples; docs/gcp.md has this table. */
export const OF_CHECKOV: readonly Accepted[] = [
  {
    rule: 'CKV_GCP_74',
    of: /Network_(?:Agents|WindowSubnet)_$/,
    reason: 'private Google access is off on purpose: by it an agent would reach everybody’s buckets',
  },
  {
    rule: 'CKV_GCP_74',
    of: /Egress_Door_$/,
    reason: 'the platform takes no private Google access for a subnet of Private Service Connect',
  },
  {
    rule: 'CKV_GCP_26',
    of: /Egress_Door_$/,
    reason: 'the platform takes no flow logs for a subnet of Private Service Connect',
  },
];
