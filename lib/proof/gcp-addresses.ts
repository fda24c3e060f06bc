import { EVERY_IPV4, EVERY_IPV6, parseRange, type Range } from './address';
import { EVERY_PORT, EVERY_PROTOCOL, type Packets, subtractAll } from './packets';

const whole = (range: Range): Packets => ({ addresses: range, protocols: EVERY_PROTOCOL, ports: EVERY_PORT });
const ranges = (...texts: readonly string[]): readonly Range[] => texts.flatMap((text) => parseRange(text) ?? []);

/** Where Google's APIs answer without the internet: private and restricted addresses, of either family. */
export const GOOGLE_APIS = ranges(
  '199.36.153.4/30',
  '199.36.153.8/30',
  '34.126.0.0/18',
  '2600:2d00:2:1000::/64',
  '2600:2d00:2:2000::/64',
);
/** Health checks of load balancers, which carry nothing for anyone else. */
export const HEALTH_CHECKERS = ranges('35.191.0.0/16', '130.211.0.0/22', '2600:2d00:1:b029::/64', '2600:2d00:1:1::/64');

// Loopback, link-local, multicast: never by a route. Private ranges: networks, not the internet.
const NOT_INTERNET = ranges(
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4'],
  ...['255.255.255.255/32', 'fc00::/7', 'fe80::/10', 'ff00::/8', '::1/128'],
).map(whole);
const GOOGLE = GOOGLE_APIS.map(whole);

/** Packets to the internet proper. */
export const INTERNET: readonly Packets[] = subtractAll([EVERY_IPV4, EVERY_IPV6].map(whole), [
  ...NOT_INTERNET,
  ...GOOGLE,
]);
/** Packets that end at Google's APIs once nothing but private access is needed: their own ranges, and all of the internet. */
export const TO_GOOGLE: readonly Packets[] = [...GOOGLE, ...INTERNET];
/** Packets to anywhere but this machine and its link. */
export const BEYOND: readonly Packets[] = subtractAll([EVERY_IPV4, EVERY_IPV6].map(whole), NOT_INTERNET.slice(4));
