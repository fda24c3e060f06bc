import { EVERY_IPV4, EVERY_IPV6, type Range } from './address';
import type { AclEntry, Segment } from './model';
import type { Packets } from './packets';
import { passAcl } from './pass-acl';
import { and, or, type Truth } from './value';

/** Whether access lists let packets from some subnets into others: out of one by its list, in by the other's; one subnet asks none. */
export function passesLists(
  from: readonly Segment[],
  to: readonly Segment[],
  packets: Pick<Packets, 'protocols' | 'ports'>,
): Truth {
  if (from.length === 0 || to.length === 0) return true;
  return or(
    ...from.flatMap((one) =>
      to.map((other) => {
        if (one.id === other.id) return true;
        return and(passes(one.acl, other, packets), passes(other.aclIn, one, packets));
      }),
    ),
  );
}

/** Whether some of the packets to or from the addresses of a subnet pass a list. */
function passes(
  acl: readonly AclEntry[] | undefined,
  subnet: Segment,
  packets: Pick<Packets, 'protocols' | 'ports'>,
): Truth {
  if (!acl) return true;
  const sets = addressesOf(subnet).map((addresses) => ({ ...packets, addresses }));
  return or(...passAcl(sets, acl).flatMap((one) => (one.sets.length > 0 ? [one.truth] : [])));
}

/** Addresses that a subnet may have: those of IPv6 are often given beside it. */
function addressesOf({ ranges: { known, unknown }, hasIpv6 }: Segment): readonly Range[] {
  const four = known.filter(({ family }) => family === 4);
  return [...(unknown || four.length === 0 ? [EVERY_IPV4] : four), ...(hasIpv6 === false ? [] : [EVERY_IPV6])];
}
