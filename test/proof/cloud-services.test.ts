import { CLOUD_SERVICES, type Expected } from './cloud-services';
import { sealedCell } from './sealed-cell';
import { judged, type Resources } from './templates';

/** What isn't closed, by claim, and the facts that are missing. */
function opened(resources: Resources): { verdicts: Expected; missing: readonly string[] } {
  const { findings } = judged(resources);
  const verdicts: Expected = {};
  const missing = new Set<string>();
  for (const { claim, verdict, missing: facts } of findings) {
    if (verdict !== 'closed' && verdicts[claim] !== 'open') verdicts[claim] = verdict;
    for (const { id } of facts ?? []) missing.add(id.replace(/\(.*/s, ''));
  }
  return { verdicts, missing: [...missing].sort() };
}

test('the cell is closed', () => expect(opened(sealedCell())).toEqual({ verdicts: {}, missing: [] }));

test.each(CLOUD_SERVICES)('%s', (_name, put, verdicts, missing) => {
  const resources = sealedCell();
  put(resources);
  expect(opened(resources)).toEqual({ verdicts, missing });
});
