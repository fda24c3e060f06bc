import { CELL_LINK, NEVER_DIALLED } from './addresses';

/** What the rules on the proxy's side depend on. */
export interface WindowRules {
  /** Ports of the transparent listeners. */
  readonly transparentPorts: readonly number[];
  /** Private ranges that the policy lists. */
  readonly allowedRanges: readonly string[];
  /** Resolvers of the proxy, which may be private addresses. */
  readonly resolvers: readonly string[];
}

/** Rules inside the cell's namespace: refuse at once (a dropped packet would hang until the client gives up). */
export function buildCellRules(ports: readonly number[]): string {
  const { proxy, transparent, gatewayPort, forwardPort } = CELL_LINK;
  return `table inet cell {
  counter blocked { }
  chain incoming {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
  }
  chain outgoing {
    type filter hook output priority 0; policy drop;
    oifname "lo" accept
    ip daddr ${proxy} tcp dport { ${gatewayPort}, ${forwardPort} } accept
    ip daddr ${transparent} tcp dport { ${ports.join(', ')} } accept
    counter name blocked
    meta l4proto tcp reject with tcp reset
    reject with icmpx type admin-prohibited
  }
}
`;
}

/**
 * Rules in the proxy's namespace: they hold even when the cell has flushed its own. Bound to the address as well as the
 * link, or the proxy's far-side address would answer the cell.
 */
export function buildWindowRules(rules: WindowRules): string {
  const { proxy, transparent, gatewayPort, forwardPort } = CELL_LINK;
  return `table inet window {
  counter forward_blocked { }
  counter input_blocked { }
  counter output_blocked { }
  chain forwarded {
    type filter hook forward priority 0; policy drop;
    counter name forward_blocked
  }
  chain incoming {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept
    ct state established,related accept
    iifname "cell0" ip daddr ${proxy} tcp dport { ${gatewayPort}, ${forwardPort} } accept
    iifname "cell0" ip daddr ${transparent} tcp dport { ${rules.transparentPorts.join(', ')} } accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept
    counter name input_blocked
  }
  chain outgoing {
    type filter hook output priority 0; policy accept;
    ct state established,related accept
    oifname "lo" accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
${buildAllowances(rules)}
    ip daddr { ${NEVER_DIALLED.ipv4.join(', ')} } counter name output_blocked reject with icmpx type admin-prohibited
    ip6 daddr { ${NEVER_DIALLED.ipv6.join(', ')} } counter name output_blocked reject with icmpx type admin-prohibited
  }
}
`;
}

function buildAllowances(rules: WindowRules): string {
  const family = (address: string): string => (address.includes(':') ? 'ip6' : 'ip');
  return [
    ...rules.resolvers.map(
      (address) => `    ${family(address)} daddr ${address} meta l4proto { tcp, udp } th dport 53 accept`,
    ),
    ...rules.allowedRanges.map((range) => `    ${family(range)} daddr ${range} accept`),
  ].join('\n');
}
