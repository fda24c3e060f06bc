import type { Candidate } from './claim';
import type { Workload } from './aws-tasks';
import { Unknown } from './value';

/** What isn't known of where a workload runs: without it nothing about its network is closed. */
export function placementDoubts(workload: Workload, destination: string): Candidate[] {
  const reason = `where ${workload.id} runs isn’t known, so neither is whether it reaches ${destination}`;
  if (workload.launches.length === 0) {
    const truth = Unknown.of(
      `launch(${workload.id})`,
      `nothing starts ${workload.id} in a subnet or with a group that lets more through: no template says what starts it`,
    );
    return [{ truth, path: [{ id: workload.id, by: 'no launcher in the templates' }], reason, change: '' }];
  }
  const placed = workload.placements.flatMap(({ id, by, unknown }) =>
    unknown ? [{ truth: unknown, path: [{ id, by }], reason, change: '' }] : [],
  );
  return [...placed, ...launchDoubts(workload)];
}

/** What may start a workload, since nobody knows which task it starts. */
export function launchDoubts({ id, mayLaunch }: Workload): Candidate[] {
  return mayLaunch.map((launch) => ({
    truth: launch.truth,
    path: [{ id: launch.id, by: `${launch.by} TaskDefinition` }],
    reason: `what ${launch.id} starts isn’t known: perhaps ${id}, elsewhere and with more`,
    change: '',
  }));
}
