import { DnsPolicy } from '@cdktf/provider-google/lib/dns-policy';
import { DnsResponsePolicy } from '@cdktf/provider-google/lib/dns-response-policy';
import { DnsResponsePolicyRule } from '@cdktf/provider-google/lib/dns-response-policy-rule';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { Construct } from 'constructs';
import type { NetworkReference } from './closed-network';

const TTL_SECONDS = 300;
/** No address: what an IPv6 name leads to in a network without IPv6. */
const NOTHING = ['::'];

export interface DnsGardenProps {
  /** First part of the names. */
  readonly name: string;
  readonly project: string;
  readonly network: NetworkReference;
}

/**
 * The names a network may resolve: those answered here, and no other. No firewall rule filters the platform's resolver, and
 * it recurses to any server on earth: without this an agent in a network with no route out still has a tunnel.
 */
export class DnsGarden extends Construct {
  private readonly policy: DnsResponsePolicy;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DnsGardenProps,
  ) {
    super(scope, id);
    const { name, network, project } = props;
    this.policy = new DnsResponsePolicy(this, 'Policy', {
      responsePolicyName: `${name}-names`,
      project,
      description: 'What the agents may resolve',
      networks: [{ networkUrl: network.id }],
    });
    this.rule('everything-else', '*.', { A: ['0.0.0.0'], AAAA: NOTHING });
    // Queries are logged. Never name servers of one's own: with those the platform asks no response policy at all.
    new DnsPolicy(this, 'Log', {
      name: `${name}-dns-log`,
      project,
      enableLogging: true,
      enableInboundForwarding: false,
      networks: [{ networkUrl: network.id }],
    });
  }

  /**
   * Answers a name, or `*.parent`, with these addresses whoever asks. Other questions about an exact name are asked of its
   * owner's servers, who learn nothing but that; below a wildcard there are names enough to write in, so it has both families.
   */
  answer(name: string, addresses: readonly string[]): void {
    this.rule(ruleName(name), `${name}.`, { A: addresses, ...(name.startsWith('*.') ? { AAAA: NOTHING } : {}) });
  }

  private rule(id: string, dnsName: string, records: Readonly<Record<string, readonly string[]>>): void {
    new DnsResponsePolicyRule(this, id, {
      responsePolicy: this.policy.responsePolicyName,
      project: this.props.project,
      ruleName: id,
      dnsName,
      localData: {
        localDatas: Object.entries(records).map(([type, rrdatas]) => ({
          name: dnsName,
          type,
          ttl: TTL_SECONDS,
          rrdatas: [...rrdatas],
        })),
      },
    });
  }
}

/** A rule's name for a host: what can be read of it, and enough of its digest to keep two apart. */
function ruleName(host: string): string {
  const readable = host.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `name-${readable.slice(0, 40)}-${bytesToHex(sha256(utf8ToBytes(host))).slice(0, 10)}`;
}
