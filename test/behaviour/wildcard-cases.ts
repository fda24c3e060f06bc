import { withoutFilters } from '../faults/bootstrap-edit';
import { WILD } from './address-cases';
import { allowed, closed, refused, type Cases, type Protections } from './table';

const name = (label: string) => `${label}.${WILD}`;
const mismatch = refused(421, 'authority-mismatch');

/** Names under a wildcard; each but `inside` is at a public address. */
export const WILD_NAMES = [name('a'), name('b'), name('c'), name('deep.er'), WILD, `evil${WILD}`, name('inside')];
export const WILD_INSIDE = name('inside');

export const WILD_CASES: Cases = {
  'a name under a wildcard': { ask: { host: name('a') }, expected: allowed },
  'a name under a wildcard by CONNECT': { ask: { host: name('a'), way: 'connect' }, expected: allowed },
  'a name under a wildcard by HTTP/2': { ask: { host: name('a'), http: 2 }, expected: allowed },
  'a name two labels under a wildcard': { ask: { host: name('deep.er') }, expected: allowed },
  'a Host in capitals under a wildcard': { ask: { host: name('a'), authority: name('A') }, expected: allowed },
  'a path no rule allows under a wildcard': {
    ask: { host: name('a'), target: '/other' },
    expected: refused(403, 'no-rule-matched'),
  },
  'the name above a wildcard': { ask: { host: WILD }, expected: closed('host-not-listed') },
  'the name above a wildcard by CONNECT': {
    ask: { host: WILD, way: 'connect' },
    expected: closed('host-not-listed'),
  },
  'a name that only ends like a wildcard': { ask: { host: `evil${WILD}` }, expected: closed('host-not-listed') },
  'a Host above the wildcard of the TLS name': { ask: { host: name('a'), authority: WILD }, expected: mismatch },
  'a Host of another name under the wildcard': { ask: { host: name('a'), authority: name('b') }, expected: mismatch },
  'a Host of another name under the wildcard by HTTP/2': {
    ask: { host: name('a'), http: 2, authority: name('b') },
    expected: mismatch,
  },
  'a target of another name under the wildcard': {
    ask: { host: name('a'), way: 'connect', connect: `${name('b')}:443` },
    expected: mismatch,
  },
  'target, TLS name and Host all different under the wildcard': {
    ask: { host: name('a'), way: 'connect', connect: `${name('b')}:443`, authority: name('c') },
    expected: mismatch,
  },
  'a name under a wildcard that leads inside': {
    ask: { host: WILD_INSIDE },
    expected: refused(503, 'address-not-public'),
  },
  'a name under a wildcard that leads inside, by CONNECT': {
    ask: { host: WILD_INSIDE, way: 'connect' },
    expected: refused(503, 'address-not-public'),
  },
};

const unbound = (bootstrap: unknown) => withoutFilters(bootstrap, 'Lua', ({ name }) => name === 'same_authority');

export const WILD_PROTECTIONS: Protections = {
  'one authority': { stops: 'a Host of another name under the wildcard', takeOut: unbound },
  'one authority behind a tunnel': {
    stops: 'target, TLS name and Host all different under the wildcard',
    takeOut: unbound,
  },
};
