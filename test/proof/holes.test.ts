import { holed, HOLES } from './holes';
import { sealedCell } from './sealed-cell';
import { judged } from './templates';

test('a sealed cell is closed', () => {
  expect(judged(sealedCell())).toMatchObject({ verdict: 'closed', problems: [] });
});

test.each(HOLES.map((hole) => [hole.hole, hole.claim, hole] as const))(
  '%s keeps %s from being closed',
  (_, claim, hole) => {
    const found = judged(holed(hole)).findings.filter((one) => one.claim === claim && one.verdict !== 'closed');
    expect(found).not.toEqual([]);
  },
);
