import { observeInNamespace } from '../faults/namespace';
import { WAYS } from '../faults/ways';
import { testTable } from './judge';
import { CASES, FOREIGN, OURS, PROTECTIONS, SLOTS, STEERING } from './observe-headers';
import { valuesOf, type Arrival } from './origin';
import type { TableObservations } from './table';

let seen: TableObservations;
beforeAll(() => {
  seen = observeInNamespace<TableObservations>('headers', __dirname);
}, 180_000);

testTable(CASES, PROTECTIONS, () => seen);

describe.each(WAYS.flatMap((way) => [`HTTP/1, ${way}`, `HTTP/2, ${way}`]))('over %s', (label) => {
  const arrival = (name: string): Arrival | undefined => seen.outcomes[`${name}, ${label}`]?.arrivals[0];

  test('nothing an agent proves itself with, and nothing that steers, arrives', () => {
    expect(arrival('every slot and every steering header')).toBeDefined();
    expect(JSON.stringify(arrival('every slot and every steering header'))).not.toContain(FOREIGN);
  });

  test.each([...SLOTS].filter((name) => name !== 'proxy-authorization'))(
    'an agent’s own %s arrives where the policy says that it is kept',
    (name) => {
      expect(valuesOf(arrival('every slot where the agent’s own is kept'), name)).toEqual([FOREIGN]);
    },
  );

  test.each([...STEERING, 'proxy-authorization'])('%s never arrives, also where credentials are kept', (name) => {
    expect(valuesOf(arrival('every slot where the agent’s own is kept'), name)).not.toContain(FOREIGN);
  });

  test('exactly one credential arrives beside a foreign one in every slot', () => {
    const got = arrival('every slot beside our own credential');
    expect(valuesOf(got, 'authorization')).toEqual([`Bearer ${OURS}`]);
    expect(JSON.stringify(got)).not.toContain(FOREIGN);
  });

  test('a header that the policy sets has its value, whatever the agent sent', () => {
    expect(valuesOf(arrival('a header of ours with another value'), 'x-workspace')).toEqual(['ours']);
  });
});
