import type { Report } from '../../../lib/proof';
import { testMutations } from '../mutation-law';
import { TOOL, toolResources } from './mutations-tool';
import { judged, type Resources } from './reference';

const REFERENCE = toolResources();

function without(...removals: readonly ((resources: Resources) => void)[]): Report {
  const resources = structuredClone(REFERENCE);
  for (const remove of removals) remove(resources);
  return judged(resources);
}

test('our own stack with a tool is closed, and the tool is judged by its own claim alone', () => {
  const report = without();
  expect(report.findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
  expect(report.verdict).toBe('closed');
  expect(report.workloads.map(({ kind }) => kind)).toEqual(['agent', 'proxy', 'tool']);
  const tool = report.workloads.find(({ kind }) => kind === 'tool');
  const own = report.findings.filter(({ workload }) => workload === tool?.id);
  expect(own.map(({ claim, destination }) => [claim, destination])).toEqual([
    ['tool', 'callers but the proxy'],
    ['tool', 'more of the cloud than is named'],
  ]);
});

testMutations(TOOL, without);
