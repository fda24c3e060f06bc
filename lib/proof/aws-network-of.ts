import type { Templates } from './templates';
import { Reference, shown, type Value } from './value';

/** The network a VPC id names. */
export function networkOf(value: Value | undefined, templates: Templates): string {
  return templates.referred(value)?.id ?? (value instanceof Reference ? value.id : shown(value));
}
