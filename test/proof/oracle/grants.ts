import { decide, type Request, valuesOf } from './iam';
import { ACCOUNT, ATTACKER, fields, list, ofType, type World } from './world';

/** The role that the agent's code finds credentials of, in words. */
export function holdsRole(world: World, agent: string): string | undefined {
  const { TaskRoleArn } = world.AgentTask?.properties ?? {};
  if (isRole(TaskRoleArn)) return `the task's own, ${String(TaskRoleArn)}`;
  const { LaunchType, CapacityProviderStrategy } = world[agent]?.properties ?? {};
  const providers = list(CapacityProviderStrategy).map((one) => fields(one).CapacityProvider);
  const isFargate =
    LaunchType === 'FARGATE' || (providers.length > 0 && providers.every((one) => /^FARGATE/.test(String(one))));
  // Elsewhere it stands on a machine, whose metadata give out the machine's role; a cluster may choose such by default.
  if (world[agent] && !isFargate) return 'the one of its machine';
  const given = starts(world).find(isRole);
  return given === undefined ? undefined : `one that it is started with, ${String(given)}`;
}

const isRole = (value: unknown) => value !== undefined && value !== '';

/** What those who start the task give it as a role: overrides of rules, schedules and state machines. */
function starts(world: World): readonly unknown[] {
  const rules = ofType(world, 'Events::Rule').flatMap(({ properties }) => list(properties.Targets).map(fields));
  const schedules = ofType(world, 'Scheduler::Schedule').map(({ properties }) => fields(properties.Target));
  const inputs = [...rules, ...schedules]
    .filter(({ EcsParameters }) => JSON.stringify(EcsParameters ?? '').includes('"AgentTask"'))
    .map(({ Input }) => parsed(Input).taskRoleArn);
  const states = ofType(world, 'StepFunctions::StateMachine')
    .flatMap(({ properties }) => Object.values(fields(parsed(properties.DefinitionString).States)))
    .map((state) => fields(fields(fields(state).Parameters)))
    .filter(({ TaskDefinition }) => TaskDefinition === 'AgentTask')
    .map((parameters) => {
      const { TaskRoleArn, 'TaskRoleArn.$': chosen } = fields(parameters.Overrides);
      return TaskRoleArn ?? chosen ?? parameters['Overrides.$'];
    });
  return [...inputs, ...states];
}

function parsed(text: unknown): Readonly<Record<string, unknown>> {
  return typeof text === 'string' ? fields(JSON.parse(text)) : {};
}

/** The first who reads what the agent may not: the agent its own secrets, anybody but the proxy those of the proxy. */
export function readsSecret(world: World): string | undefined {
  const containers = list(world.AgentTask?.properties.ContainerDefinitions).map(fields);
  if (
    containers.some(
      ({ Secrets, Environment }) =>
        list(Secrets).length > 0 || /\{\{resolve:(secretsmanager|ssm-secure)/.test(JSON.stringify(Environment ?? '')),
    )
  )
    return 'the agent is given a secret';
  const role = String(world.ProxyTask?.properties.TaskRoleArn);
  if (world.AgentTask?.properties.TaskRoleArn === role) return 'the agent has the role of the proxy';
  for (const { id } of ofType(world, 'SecretsManager::Secret')) {
    const resource = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:${id}-Ab12Cd`;
    const policies = ofType(world, 'SecretsManager::ResourcePolicy').filter(
      ({ properties }) => properties.SecretId === resource,
    );
    for (const request of readers(
      world,
      resource,
      policies.map(({ properties }) => properties.ResourcePolicy),
    ))
      if (request.principal !== role) {
        const said = policies.map(({ properties }) => decide(properties.ResourcePolicy, request));
        // Within the account either the caller's own policy or the secret's is enough; these callers' own allow all.
        const isOurs = request.context['aws:PrincipalAccount'] === ACCOUNT;
        if (!said.includes('denied') && (isOurs || said.includes('allowed')))
          return `${String(request.principal)} reads ${id}`;
      }
  }
  return undefined;
}

/** An administrator of the account, roles with names that the policies speak of, the agent's own, and a stranger. */
function readers(world: World, resource: string, policies: readonly unknown[]): readonly Request[] {
  const named = policies.flatMap((policy) => valuesOf(policy, /PrincipalArn/i)).map((arn) => arn.replaceAll('*', 'x'));
  const ours = ['Administrator', ...ofType(world, 'IAM::Role').map(({ id }) => id)].map(
    (id) => `arn:aws:iam::${ACCOUNT}:role/${id}`,
  );
  const tags = ['', ...policies.flatMap((policy) => valuesOf(policy, /PrincipalTag/i))];
  return [...ours, ...named, `arn:aws:iam::${ATTACKER.account}:role/evil`].flatMap((principal) =>
    tags.map((tag) => ({
      action: 'secretsmanager:GetSecretValue',
      resource,
      principal,
      context: {
        'aws:PrincipalArn': principal,
        'aws:PrincipalAccount': principal.split(':')[4] ?? '',
        'aws:PrincipalIsAWSService': 'false',
        'aws:SecureTransport': 'true',
        'secretsmanager:VersionStage': 'AWSCURRENT',
        ...(tag !== '' && { 'aws:PrincipalTag/team': tag }),
      },
    })),
  );
}
