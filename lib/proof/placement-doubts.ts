import type { Candidate } from './claim';
import type { Workload } from './aws-tasks';
import { Unknown } from './value';

/** What isn't known of where a workload runs: without it nothing about its network is closed. */
export function placementDoubts(workload: Workload, destination: string): Candidate[] {
  const reason = `where ${workload.id} runs isn't known, so neither is whether it reaches ${destination}`;
  if (workload.launches.length === 0) {
    const truth = Unknown.of(
      `launch(${workload.id})`,
      `nothing starts ${workload.id} in a subnet or with a group that lets more through: no template says what starts it`,
    );
    return [{ truth, path: [{ id: workload.id, by: 'no launcher in the templates' }], reason, change: '' }];
  }
  return workload.placements.flatMap(({ id, by, unknown }) =>
    unknown ? [{ truth: unknown, path: [{ id, by }], reason, change: '' }] : [],
  );
}
