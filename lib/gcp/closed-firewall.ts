import { ComputeFirewall, type ComputeFirewallConfig } from '@cdktf/provider-google/lib/compute-firewall';
import { Construct } from 'constructs';
import type { NetworkReference } from './closed-network';

/** Last of all rules but the platform's own implied ones. */
const DENY_PRIORITY = 65534;
const ALLOW_PRIORITY = 1000;
const EVERYTHING = { v4: '0.0.0.0/0', v6: '::/0' } as const;

export interface ClosedFirewallProps {
  /** First part of the rules' names. */
  readonly name: string;
  readonly project: string;
  readonly network: NetworkReference;
  /** Whom the deny rules bind. @default - the whole network, so that no missing tag lets anyone out */
  readonly account?: string;
}

/** One thing that may pass a closed network. */
export interface AllowedFlow {
  readonly ports: readonly number[];
  /** @default 'tcp' */
  readonly protocols?: readonly ('tcp' | 'udp')[];
  /** Who: a network tag (Cloud Run knows no other), or an account (machines). */
  readonly who: { readonly tag: string } | { readonly account: string };
}

/**
 * Denies everything to and from a whole network, in both families, and lets pass what is named. The deny rules have no
 * target: an agent whose tag is missing or misspelt is then shut in, not let out.
 */
export class ClosedFirewall extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClosedFirewallProps,
  ) {
    super(scope, id);
    for (const [family, range] of Object.entries(EVERYTHING)) {
      this.rule(`deny-egress-${family}`, { direction: 'EGRESS', destinationRanges: [range] });
      this.rule(`deny-ingress-${family}`, { direction: 'INGRESS', sourceRanges: [range] });
    }
  }

  /** Lets `flow.who` open connections to the ranges. */
  allowTo(id: string, ranges: readonly string[], flow: AllowedFlow): void {
    this.rule(id, { direction: 'EGRESS', destinationRanges: [...ranges] }, flow);
  }

  /** Lets the ranges open connections to `flow.who`. Sources are ranges: no tag and no account of Cloud Run matches as a source. */
  allowFrom(id: string, ranges: readonly string[], flow: AllowedFlow): void {
    this.rule(id, { direction: 'INGRESS', sourceRanges: [...ranges] }, flow);
  }

  private rule(id: string, config: Partial<ComputeFirewallConfig>, flow?: AllowedFlow): void {
    const { name, network, project, account } = this.props;
    const ports = flow?.ports.map(String) ?? [];
    new ComputeFirewall(this, id, {
      name: `${name}-${id}`,
      project,
      network: network.id,
      disabled: false,
      logConfig: { metadata: 'INCLUDE_ALL_METADATA' },
      ...config,
      ...(flow
        ? {
            priority: ALLOW_PRIORITY,
            allow: (flow.protocols ?? ['tcp']).map((protocol) => ({ protocol, ports })),
            ...('tag' in flow.who ? { targetTags: [flow.who.tag] } : { targetServiceAccounts: [flow.who.account] }),
          }
        : {
            priority: DENY_PRIORITY,
            deny: [{ protocol: 'all' }],
            ...(account === undefined ? {} : { targetServiceAccounts: [account] }),
          }),
    });
  }
}
