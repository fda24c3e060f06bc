import { CLOUD_SERVICES } from './cloud-services';
import { opened } from './opened';
import { sealedCell } from './sealed-cell';
import { judged } from './templates';

test('the cell is closed', () => expect(opened(judged(sealedCell()))).toEqual({ verdicts: {}, missing: [] }));

test.each(CLOUD_SERVICES)('%s', (_name, put, verdicts, missing) => {
  const resources = sealedCell();
  put(resources);
  expect(opened(judged(resources))).toEqual({ verdicts, missing });
});
