import type { AclEntry } from './model';
import { intersect, type Packets, subtractAll } from './packets';
import { and, type Truth, Unknown } from './value';

/** Packets that an access list lets through, as sure as it is known. */
export interface Passed {
  readonly sets: readonly Packets[];
  readonly truth: Truth;
}

/** What an access list lets through of some packets: entries in order, the first that matches decides, the rest is refused. */
export function passAcl(sets: readonly Packets[], acl: readonly AclEntry[] | undefined): readonly Passed[] {
  if (!acl) return [{ sets, truth: true }];
  const passed: Passed[] = [];
  const refusals: Unknown[] = [];
  let left = sets;
  for (const { allow, packets } of acl) {
    if (left.length === 0) break;
    if (packets instanceof Unknown) {
      // What an unknown entry refuses is not refused for certain; what it may allow is allowed perhaps.
      if (allow) passed.push({ sets: left, truth: packets });
      else refusals.push(packets);
      continue;
    }
    if (allow) {
      const through = left.flatMap((set) => intersect(set, packets) ?? []);
      if (through.length > 0) passed.push({ sets: through, truth: and(...refusals) });
    }
    left = subtractAll(left, [packets]);
  }
  return passed;
}
