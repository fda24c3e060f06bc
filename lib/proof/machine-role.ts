import type { AwsModel } from './aws-model';
import type { MachineRole } from './aws-machines';
import type { Candidate, Judged } from './claim';
import type { Workload } from './aws-tasks';
import { placementDoubts } from './placement-doubts';
import { actionsText, resourcesText, type Statement } from './policy-document';
import { and, shown, Unknown, unknownIn } from './value';

/** What the code of an agent that is no ECS task may do in the cloud. */
export function machineRoles(model: AwsModel, workload: Workload): Judged[] {
  return (workload.machine?.roles ?? []).map(({ destination, closed, held, harmless }) => ({
    destination,
    candidates: [...held.flatMap((one) => heldWays(model, one, harmless)), ...placementDoubts(workload, destination)],
    closed,
  }));
}

function heldWays(
  model: AwsModel,
  { role: value, truth, at }: MachineRole['held'][number],
  harmless: RegExp | undefined,
): Candidate[] {
  if (value === undefined) return [{ ...at, truth }];
  const role = model.templates.referred(value);
  if (role?.type !== 'AWS::IAM::Role') {
    const doubt = Unknown.of(
      `role(${shown(value)})`,
      `the role ${shown(value)}, which no template holds, may do nothing`,
    );
    return [{ ...at, truth: and(truth, unknownIn(value) ?? doubt) }];
  }
  const { granted, unknown } = model.roles.grantsOf(role);
  const open = granted.filter(({ statement }) => !(harmless && isHarmless(statement, harmless)));
  const empty = Unknown.of(
    `admitted(${role.id})`,
    `no policy of any resource admits ${role.id}, which is an identity all the same`,
  );
  const doubts = open.length > 0 || harmless ? unknown : [...unknown, empty];
  return [
    ...open.map(({ source, statement, truth: isThere }) => ({
      ...at,
      truth: and(truth, isThere),
      path: [...at.path, { id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` }],
      reason: `${at.reason}: it may ${actionsText(statement)} on ${resourcesText(statement)}`,
    })),
    ...doubts.map((doubt) => ({
      ...at,
      truth: and(truth, doubt),
      path: [...at.path, { id: role.id, by: 'its policies' }],
    })),
  ];
}

/** Named actions that give nothing, on named resources; a token for the registry has none to name. */
function isHarmless({ actions, notActions, resources, notResources }: Statement, harmless: RegExp): boolean {
  if (notActions || notResources || !actions.every((action) => harmless.test(action))) return false;
  return !resources.includes('*') || actions.every((action) => action === 'ecr:getauthorizationtoken');
}
