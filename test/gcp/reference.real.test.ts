import { type Life, live, synthesize } from './cycle';

const { folder, remove } = synthesize('bin/gcp.ts');
afterAll(remove);

let life: Life;
beforeAll(() => {
  life = live(folder);
});

test('the real command makes the reference stack, sees nothing to do, sees a drift, heals it and takes all down', () => {
  const codes = Object.fromEntries(Object.entries(life.steps).map(([step, { code }]) => [step, code]));
  const failed = Object.values(life.steps).find(({ code, out }) => code !== 0 && code !== 2 && out);
  expect(failed?.out ?? '').toBe('');
  expect(codes).toEqual({
    init: 0,
    validate: 0,
    plan: 0,
    apply: 0,
    'second plan': 0,
    'plan after the drift': 2,
    heal: 0,
    'last plan': 0,
    destroy: 0,
  });
  expect(life.left).toBe(0);
});
