import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnRecordSetGroup, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { getDomain } from 'tldts';
import type { Policy } from '../policy';
import type { DnsGarden } from './dns-garden';

/** A template holds 500 resources, and a network a few hundred private zones. */
const MOST_ZONES = 100;
/** Route 53 takes 1,000 changes at once, and a change of a record counts twice. */
const MOST_RECORDS = 400;

export interface TransparentNamesProps {
  readonly policy: Policy;
  readonly vpc: IVpc;
  readonly garden: DnsGarden;
  /** The window's name, and the zone that AWS keeps it in. */
  readonly aliasTarget: CfnRecordSetGroup.AliasTargetProperty;
}

/**
 * Makes exactly the policy's names resolve to the proxy's window, so that clients which know nothing of a proxy work
 * unchanged. A zone shadows the rest of its domain, which the garden blocks anyway; only an address answers, so that no
 * client learns an encrypted hello by DNS. A wildcard would shadow its whole parent: those hosts come by CONNECT.
 */
export class TransparentNames extends Construct {
  constructor(scope: Construct, id: string, props: TransparentNamesProps) {
    super(scope, id);
    const zones = transparentZones(props.policy);
    for (const [zoneName, hosts] of zones) {
      props.garden.takeZone(zoneName);
      const zone = new PrivateHostedZone(this, zoneName, { vpc: props.vpc, zoneName });
      for (const host of hosts) props.garden.allow(host);
      this.node.addValidation({ validate: () => props.garden.problems(hosts) });
      for (let at = 0; at < hosts.length; at += MOST_RECORDS) {
        new CfnRecordSetGroup(zone, `Hosts${at === 0 ? '' : at}`, {
          hostedZoneId: zone.hostedZoneId,
          recordSets: hosts
            .slice(at, at + MOST_RECORDS)
            .map((host) => ({ name: `${host}.`, type: 'A', aliasTarget: props.aliasTarget })),
        });
      }
    }
  }
}

/**
 * Which private zones a policy needs: one a registrable domain, with its hosts; names of AWS each get a zone of their
 * own, or it would shadow the services the platform needs.
 * @throws Error `too-many-zones`
 */
export function transparentZones(policy: Policy): ReadonlyMap<string, readonly string[]> {
  const zones = new Map<string, string[]>();
  for (const host of new Set(policy.upstreams.map((upstream) => upstream.host))) {
    if (host.startsWith('*.')) continue;
    const domain = getDomain(host, { allowPrivateDomains: true }) ?? host;
    const zone = /^(?:amazonaws\.com(?:\.cn)?|api\.aws|aws\.amazon\.com)$/.test(domain) ? host : domain;
    const hosts = zones.get(zone);
    if (hosts) hosts.push(host);
    else zones.set(zone, [host]);
  }
  if (zones.size <= MOST_ZONES) return zones;
  throw new Error(
    `policy.upstreams: expected hosts of at most ${MOST_ZONES} domains for the transparent way, got ${zones.size}: each is a private zone; ` +
      'set transparent: false, and clients come by CONNECT or base URL [too-many-zones]',
  );
}
