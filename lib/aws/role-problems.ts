import { Stack } from 'aws-cdk-lib';
import { CfnPolicy, CfnManagedPolicy, CfnRole, type IRole } from 'aws-cdk-lib/aws-iam';
import { rendered } from './rendered';

/** What ECS does for the agent's task: pulls one image, writes one log. */
const ALLOWED = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  'ecr:GetDownloadUrlForLayer',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
];

/**
 * What was added to the agent's execution role. The agent's code doesn't hold it, but a launch that names it as the task's
 * role would hand it over: it may hold nothing that is worth having.
 */
export function executionRoleProblems(role: IRole): string[] {
  const resource = role.node.defaultChild;
  if (!(resource instanceof CfnRole)) return [];
  const { ManagedPolicyArns, Policies } = rendered(resource).Properties;
  const attached = Array.isArray(ManagedPolicyArns) && ManagedPolicyArns.length > 0 ? ['a managed policy'] : [];
  const documents = [...documentsOf(Policies), ...policiesOf(resource)];
  const actions = documents.flatMap(actionsOf).filter((action) => !ALLOWED.includes(action));
  return [...new Set([...attached, ...actions])].map(
    (what) =>
      `agent.executionRole: expected only to pull its image and write its log, got ${what}: remove it, or give it to a tool of its own [execution-role-wide]`,
  );
}

function policiesOf(role: CfnRole): unknown[] {
  const name = JSON.stringify(Stack.of(role).resolve(role.ref));
  return Stack.of(role)
    .node.findAll()
    .filter(
      (found): found is CfnPolicy | CfnManagedPolicy => found instanceof CfnPolicy || found instanceof CfnManagedPolicy,
    )
    .map((found) => rendered(found).Properties)
    .filter(({ Roles }) => JSON.stringify(Roles ?? []).includes(name))
    .map(({ PolicyDocument }) => PolicyDocument);
}

function documentsOf(policies: unknown): unknown[] {
  return Array.isArray(policies) ? policies.map((policy) => fieldOf(policy, 'PolicyDocument')) : [];
}

function actionsOf(document: unknown): string[] {
  const statements = fieldOf(document, 'Statement');
  if (!Array.isArray(statements)) return [];
  return statements
    .filter((statement) => fieldOf(statement, 'Effect') !== 'Deny')
    .flatMap((statement) => {
      const actions = fieldOf(statement, 'Action') ?? 'NotAction';
      return (Array.isArray(actions) ? actions : [actions]).map(String);
    });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
