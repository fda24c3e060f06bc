import type { AwsModel } from './aws-model';
import type { Workload } from './aws-tasks';
import type { Candidate, Claim, Judged } from './claim';
import { property } from './evaluate';
import { launchDoubts } from './placement-doubts';
import { type Condition, namesAction, several, type Statement, statementsOf } from './policy-document';
import { proxyParameters } from './proxy-parameters';
import { otherTakers } from './role-takers';
import type { Resource } from './templates';
import { toldSecrets } from './told-secrets';
import { touches } from './touches';
import { and, isObject, keyOf, not, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

const READ = 'secretsmanager:getsecretvalue';

/** The workload holds no secret, and the proxy's are readable by the proxy alone. */
export const secretsClaim: Claim = {
  id: 'secrets',
  says: 'It holds no secret, and the proxy’s secrets are readable by the proxy alone.',
  attack:
    'A prompt makes the agent print its environment; or whoever may read any secret of the account reads the one that the proxy injects.',
  of: ['agent'],
  prove: (model, workload) => [
    {
      destination: 'secrets in its task',
      candidates: [
        ...unreadContainers(workload),
        ...workload.containers.flatMap((container, index) => held(workload.id, container, index)),
        ...workload.launches.flatMap(({ id, by, overrides }) =>
          several(property(overrides, 'ContainerOverrides')).flatMap((one) => toldSecrets(id, by, one)),
        ),
        ...launchDoubts(workload),
      ],
      closed: 'no container is given one',
    },
    ...proxySecrets(model, workload),
  ],
};

/** What a container that can't be read is given, nobody knows. */
function unreadContainers({ id, unreadContainers: truth }: Workload): Candidate[] {
  if (!truth) return [];
  return [{ truth, path: [{ id, by: 'ContainerDefinitions' }], reason: 'a container isn’t known', change: '' }];
}

function held(task: string, container: Value, index: number): Candidate[] {
  const at = `ContainerDefinitions[${index}]`;
  const secrets = several(property(container, 'Secrets')).map((secret, position): Candidate => ({
    truth: secret instanceof Unknown ? secret : true,
    path: [{ id: task, by: `${at}.Secrets[${position}]` }],
    reason: `the secret is in its environment as ${shown(property(secret, 'Name'))}`,
    change: `remove ${at}.Secrets[${position}] from ${task}; let the proxy inject it`,
  }));
  return [...secrets, ...toldSecrets(task, at, container)];
}

function proxySecrets(model: AwsModel, workload: Workload): Judged[] {
  if (model.proxies.length === 0) return [];
  const values = model.proxies.map(({ definition }) => property(definition.properties, 'TaskRoleArn'));
  const held = values.flatMap((value) => model.templates.referred(value) ?? []);
  const readers = new Set(held.map(({ id }) => id));
  const hidden = or(
    ...values.map((value) => (value === undefined ? false : hiddenRole(model, value))),
    ...held.flatMap((role) => model.roles.grantsOf(role).unknown),
  );
  const theirs = new Set(model.proxies.map(({ id }) => id));
  const shared = [
    ...sharedRole(model, workload, readers),
    ...held.flatMap((role) => otherTakers(role, model.templates, ({ id }) => theirs.has(id))),
  ];
  const judged = model.templates.ofType('AWS::SecretsManager::Secret').flatMap((secret): Judged[] => {
    const granted = grantedTo(model, secret);
    const its = or(hidden, ...granted.filter(({ role }) => readers.has(role.id)).map(({ truth }) => truth));
    if (its === false) return [];
    const others = granted.filter(({ role }) => !readers.has(role.id));
    const found = [...readersOf(model, secret, readers, others), ...shared];
    return [
      {
        destination: `the proxy’s secret ${secret.id}`,
        candidates: found.map((one) => ({ ...one, truth: and(its, one.truth) })),
        closed: 'its policy refuses everyone but the proxy',
      },
    ];
  });
  return [...judged, ...proxyParameters(model, held, shared)];
}

/** What a role of the proxy reads that no template holds, nobody knows. */
function hiddenRole({ templates }: AwsModel, value: Value): Truth {
  if (templates.referred(value)?.type === 'AWS::IAM::Role') return false;
  const nothing = `the role ${shown(value)}, which no template holds, reads no secret of the templates`;
  return unknownIn(value) ?? Unknown.of(`role(${shown(value)})`, nothing);
}

/** An agent that runs with the proxy's own role reads what the proxy reads. */
function sharedRole(
  { templates }: AwsModel,
  { id, definition, launches }: Workload,
  readers: ReadonlySet<string>,
): Candidate[] {
  const values = [
    property(definition.properties, 'TaskRoleArn'),
    ...launches.map(({ overrides }) => property(overrides, 'TaskRoleArn')),
  ];
  return values.flatMap((value): Candidate[] => {
    const role = templates.referred(value);
    const doubt = unknownIn(value);
    if (doubt)
      return [{ truth: doubt, path: [{ id, by: 'TaskRoleArn' }], reason: 'which role it has isn’t known', change: '' }];
    if (!role || !readers.has(role.id)) return [];
    const path = [
      { id, by: 'TaskRoleArn' },
      { id: role.id, by: READ },
    ];
    return [
      {
        truth: true,
        path,
        reason: 'the agent runs with the role of the proxy',
        change: `take the role ${role.id} from ${id}`,
      },
    ];
  });
}

interface Reader {
  readonly role: Resource;
  readonly statement: Statement;
  readonly truth: Truth;
}

function grantedTo({ roles, templates }: AwsModel, secret: Resource): Reader[] {
  return roles.principals().flatMap((role) =>
    roles
      .grantsOf(role)
      .granted.filter(({ statement }) => namesAction(statement, READ))
      .map(({ statement, truth }) => ({
        role,
        statement,
        truth: and(truth, touches(statement, new Set([secret.id]), templates)),
      }))
      .filter(({ truth }) => truth !== false),
  );
}

function readersOf(
  model: AwsModel,
  secret: Resource,
  readers: ReadonlySet<string>,
  others: readonly Reader[],
): Candidate[] {
  const change = `give ${secret.id} a ResourcePolicy that denies ${READ} to every aws:PrincipalArn but the proxy’s role`;
  const refusals = model.templates
    .ofType('AWS::SecretsManager::ResourcePolicy')
    .filter(({ properties }) => model.templates.referred(property(properties, 'SecretId'))?.id === secret.id)
    .flatMap((policy) => refusalIn(policy, model) ?? []);
  const refusal = refusals.find(({ policy }) => policy.exists === true) ?? refusals[0];
  const unrefused = refusal ? not(refusal.policy.exists) : true;
  const anyone: Candidate[] = others.map(({ role, statement, truth }) => ({
    truth: and(unrefused, truth),
    path: [
      { id: role.id, by: statement.by },
      { id: secret.id, by: READ },
    ],
    reason: `${role.id} may read it`,
    change,
  }));
  const everybody: Candidate = {
    truth: unrefused,
    path: [{ id: secret.id, by: 'no policy of its own that refuses others' }],
    reason: 'every identity of the account that may read secrets reads it',
    change,
  };
  const left = [...(refusal?.allowed ?? [])].filter((id) => !readers.has(id));
  return [
    ...(anyone.length > 0 ? anyone : [everybody]),
    ...left.map((id) => ({
      truth: Unknown.of(`reader(${id})`, `${id} reads the secret ${secret.id} for the proxy only`),
      path: [
        { id: refusal?.policy.id ?? secret.id, by: 'ResourcePolicy' },
        { id, by: READ },
      ],
      reason: `${id} may read it too`,
      change,
    })),
  ];
}

/** Whom a secret's policy leaves out of its refusal; undefined where it refuses less than reading by everybody else. */
function refusalIn(policy: Resource, model: AwsModel): { policy: Resource; allowed: ReadonlySet<string> } | undefined {
  const statements = statementsOf(property(policy.properties, 'ResourcePolicy'), 'ResourcePolicy', policy.id);
  if (statements instanceof Unknown) return undefined;
  for (const statement of statements) {
    const allowed = refusedBut(statement, model);
    if (allowed) return { policy, allowed };
  }
  return undefined;
}

/** The principals that a refusal leaves out; undefined when it refuses less than reading by everybody else. */
function refusedBut(statement: Statement, { templates }: AwsModel): ReadonlySet<string> | undefined {
  const everyone =
    statement.principal === '*' || (isObject(statement.principal) && several(statement.principal.AWS).includes('*'));
  const everything = statement.resources.includes('*') && !statement.notResources;
  const [condition, more] = statement.conditions.filter((one) => !isServiceCondition(one));
  const refuses =
    statement.effect === 'Deny' && everyone && !statement.notPrincipal && everything && namesAction(statement, READ);
  if (!refuses || !condition || more || condition.key !== 'aws:principalarn') return undefined;
  if (!/^(?:string|arn)not(?:equals|like)(?:ifexists)?$/.test(condition.operator.toLowerCase())) return undefined;
  const named = condition.values.map((value) => templates.referred(value)?.id ?? keyOf(value));
  if (named.length === 0 || named.some((one) => one === undefined || /[*?]/.test(one))) return undefined;
  return new Set(named.flatMap((one) => one ?? []));
}

function isServiceCondition({ key, values }: Condition): boolean {
  return key === 'aws:principalisawsservice' && values.every((value) => keyOf(value) === 'false');
}
