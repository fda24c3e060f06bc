import fc from 'fast-check';
import { network } from './cell';
import type { Fields } from './world';

/** A value, and now and then another. */
export const mostly = <T>(usual: T, other: fc.Arbitrary<T>, weight = 3): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** Now and then a resource of which nobody knows whether it is there. */
export const maybeCount = mostly<Fields>({}, fc.constant({ count: '${var.Wanted ? 1 : 0}' }), 8);

/** The agents' network, by reference or by name; now and then another, or one that isn't known. */
export const where = mostly<unknown>(
  network('agents'),
  fc.constantFrom('agents', '${var.Network}', network('proxies')),
  8,
);
