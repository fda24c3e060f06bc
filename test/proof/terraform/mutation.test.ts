import { testMutations } from '../mutation-law';
import { MUTATIONS } from './mutations';
import { FORMS, judged, referenceConfiguration } from './reference';

test.each(FORMS.filter(([form]) => form !== 'a plan'))('the hand-written isolation is closed as %s', (_, form) => {
  expect(judged(referenceConfiguration(), form).findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
});

test('as a plan it is closed but for what waits for ids: the definition of the state machine', () => {
  const stack = referenceConfiguration();
  const open = judged(stack, FORMS[1]?.[1]).findings.filter(({ verdict }) => verdict !== 'closed');
  expect(new Set(open.flatMap(({ path }) => path.map(({ id }) => id.split('.')[0])))).toEqual(
    new Set(['aws_sfn_state_machine', 'aws_iam_role', 'aws_ecs_task_definition']),
  );
  for (const type of ['aws_sfn_state_machine', 'aws_iam_role_policy_attachment']) stack.resource[type] = {};
  expect(judged(stack, FORMS[1]?.[1]).findings.filter(({ verdict }) => verdict !== 'closed')).toEqual([]);
});

testMutations(MUTATIONS, (...removals) => {
  const stack = referenceConfiguration();
  for (const remove of removals) remove(stack);
  return judged(stack);
});
