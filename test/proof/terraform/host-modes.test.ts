import { judged, referenceConfiguration } from './reference';

test.each(['pid_mode', 'ipc_mode'])('%s of the host is a hold of the instance beneath', (mode) => {
  const stack = referenceConfiguration();
  const [task, service] = ['aws_ecs_task_definition', 'aws_ecs_service'].map((type) => stack.resource[type]?.agent);
  Object.assign(task ?? {}, { [mode]: 'host' });
  Object.assign(service ?? {}, { launch_type: 'EC2' });
  const missing = judged(stack).findings.flatMap((one) => (one.claim === 'role' ? (one.missing ?? []) : []));
  expect(missing.map(({ id }) => id).sort()).toEqual([
    'host(aws_ecs_task_definition.agent)',
    'instances(aws_ecs_task_definition.agent)',
  ]);
});
