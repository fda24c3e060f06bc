import type { AclEntry } from './model';
import { intersect, type Packets, subtractAll } from './packets';
import { and, type Truth, Unknown } from './value';

/** What an access list lets through of some packets: entries in order, the first that matches decides, the rest is refused. */
export function passAcl(
  sets: readonly Packets[],
  acl: readonly AclEntry[] | undefined,
): { readonly sets: readonly Packets[]; readonly truth: Truth } {
  if (!acl) return { sets, truth: true };
  const passed: Packets[] = [];
  const doubts: Unknown[] = [];
  let left = sets;
  for (const { allow, packets } of acl) {
    if (packets instanceof Unknown) {
      // What an unknown entry refuses is not refused for certain; what it may allow is allowed perhaps.
      if (allow && left.length > 0) doubts.push(packets);
      continue;
    }
    if (allow) passed.push(...left.flatMap((set) => intersect(set, packets) ?? []));
    left = subtractAll(left, [packets]);
  }
  if (passed.length > 0 || doubts.length === 0) return { sets: passed, truth: true };
  return { sets: left, truth: and(...doubts) };
}
