import type { Policy } from '../policy';

/** The proxy's label in `proxyZone`. */
export const PROXY_LABEL = 'proxy';

/** The private zone in which machine images find the proxy of a policy, before it has an address. */
export function proxyZone({ name }: Policy): string {
  return `${name}.anchorhold.internal`;
}
