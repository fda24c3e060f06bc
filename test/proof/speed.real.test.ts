import { prove } from '../../lib/proof';
import { largeTemplate } from './large';

/** Milliseconds of CPU, the best of some runs: what else the machine does isn't measured. */
function cpu(count: number, runs: number): number {
  const document = { Resources: largeTemplate(count) };
  const times = Array.from({ length: runs }, () => {
    const start = process.cpuUsage();
    prove([{ name: 'large', document }]);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

test('judges 500 resources in 300 ms and 5,000 in 3 s, in less than 300 MB', () => {
  expect(cpu(500, 4)).toBeLessThan(300);
  expect(cpu(5000, 3)).toBeLessThan(3000);
  expect(process.memoryUsage().heapUsed).toBeLessThan(300e6);
});
