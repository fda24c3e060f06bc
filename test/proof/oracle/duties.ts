import { decide } from './iam';
import { ACCOUNT, fields, list, ofType, type World } from './world';

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;

/** Calls that start the agent elsewhere or otherwise, or open what holds it: each with what it is called on. */
const LOOSENING: readonly (readonly [action: string, ...resources: string[]])[] = [
  ['ecs:RunTask', 'AgentTask', arn('ecs', 'task-definition/AgentTask:1')],
  ['ecs:StartTask', 'AgentTask', arn('ecs', 'task-definition/AgentTask:1')],
  ['ecs:UpdateService', 'Agent', arn('ecs', 'service/main/Agent')],
  ['ecs:ExecuteCommand', arn('ecs', 'task/main/0123')],
  ['ec2:AuthorizeSecurityGroupEgress', 'AgentGroup', arn('ec2', 'security-group/AgentGroup')],
  ['ec2:CreateRoute', 'PrivateTable', arn('ec2', 'route-table/PrivateTable')],
  ['ec2:ModifySecurityGroupRules', 'AgentGroup', arn('ec2', 'security-group/AgentGroup')],
  ['ec2:ReplaceRouteTableAssociation', 'PrivateTable', arn('ec2', 'route-table/PrivateTable')],
  ['ec2:ReplaceNetworkAclEntry', arn('ec2', 'network-acl/acl-1')],
  ['route53resolver:CreateFirewallRule', arn('route53resolver', 'firewall-rule-group/one')],
  ['route53resolver:AssociateResolverRule', arn('route53resolver', 'resolver-rule/one')],
  ['iam:CreatePolicyVersion', `arn:aws:iam::${ACCOUNT}:policy/held`],
  ['elasticloadbalancing:RegisterTargets', arn('elasticloadbalancing', 'targetgroup/one/0123')],
  ['elasticloadbalancing:ModifyListener', arn('elasticloadbalancing', 'listener/net/one/0123/4567')],
  ['states:UpdateStateMachine', 'Starter', arn('states', 'stateMachine:Starter')],
  ['route53resolver:DisassociateFirewallRuleGroup', arn('route53resolver', 'firewall-rule-group-association/one')],
];

/** The statements of all policies of a role: its own, and those attached to it. */
function policyOf(world: World, role: string): object {
  const inline = list(world[role]?.properties.Policies).map((one) => fields(one).PolicyDocument);
  const attached = [...ofType(world, 'IAM::Policy'), ...ofType(world, 'IAM::ManagedPolicy')]
    .filter(({ properties }) => list(properties.Roles).includes(role))
    .map(({ properties }) => properties.PolicyDocument);
  return { Statement: [...inline, ...attached].flatMap((one) => [fields(one).Statement].flat()) };
}

function may(world: World, role: string, action: string, resources: readonly string[]): boolean {
  const policy = policyOf(world, role);
  const context = { 'ecs:cluster': 'arn:cluster' };
  return resources.some(
    (resource) => decide(policy, { action, resource, principal: undefined, context }) === 'allowed',
  );
}

/** Who may start the agent with less around it, or take away what is around it, in words. */
export function loosensAgent(world: World): string | undefined {
  for (const { id } of ofType(world, 'IAM::Role'))
    for (const [action, ...resources] of LOOSENING) if (may(world, id, action, resources)) return `${id} may ${action}`;
  const states = ofType(world, 'StepFunctions::StateMachine')
    .flatMap(({ properties }) => Object.values(fields(fields(JSON.parse(String(properties.DefinitionString))).States)))
    .map((state) => fields(fields(state).Parameters));
  const chosen = states.flatMap((parameters) => Object.keys({ ...parameters, ...fields(parameters.Overrides) }));
  return chosen.find((key) =>
    /^(?:NetworkConfiguration|LaunchType|Overrides|TaskRoleArn|TaskDefinition)\.\$$/.test(key),
  );
}

const ALTERING = ['logs:PutLogEvents', 'logs:DeleteLogStream', 'logs:DeleteLogGroup', 'logs:PutRetentionPolicy'];

/** How the agent forges or removes records of the proxy's, in words. */
export function altersLog(world: World): string | undefined {
  const groupsOf = (task: string) =>
    list(world[task]?.properties.ContainerDefinitions)
      .map((one) => fields(fields(one).LogConfiguration))
      .filter(({ LogDriver }) => LogDriver === 'awslogs')
      .map(({ Options }) => nameOf(world, fields(Options)['awslogs-group']));
  const kept = groupsOf('ProxyTask');
  if (kept.length === 0) return 'the proxy keeps no log';
  if (groupsOf('AgentTask').some((name) => kept.includes(name))) return 'both print to one group';
  const role = String(world.AgentTask?.properties.TaskRoleArn).split('/').pop() ?? '';
  for (const action of ALTERING)
    for (const name of kept) {
      const group = arn('logs', `log-group:${name}`);
      // A group made here is named by its logical id too, where a policy refers to it.
      const made = ofType(world, 'Logs::LogGroup').flatMap(({ id }) => (nameOf(world, id) === name ? [id] : []));
      if (may(world, role, action, [group, `${group}:*`, `${group}:log-stream:one`, ...made]))
        return `its role may ${action}`;
    }
  return undefined;
}

function nameOf(world: World, group: unknown): unknown {
  return world[String(group)]?.properties.LogGroupName ?? group;
}
