import type { AwsModel } from './aws-model';
import type { Candidate, Judged } from './claim';
import { arnParts, glob, namesAction, type Statement } from './policy-document';
import type { Resource } from './templates';
import { and, keyOf, or, shown, type Truth, unknownIn, type Value } from './value';

/** Every call that answers the value of a parameter. */
const READS = ['ssm:getparameter', 'ssm:getparameters', 'ssm:getparametersbypath', 'ssm:getparameterhistory'];

/**
 * The parameters that roles of the proxy may read, which have no policy of their own: nobody else in the templates may read
 * them. `shared`: what makes an agent the proxy.
 */
export function proxyParameters(model: AwsModel, roles: readonly Resource[], shared: readonly Candidate[]): Judged[] {
  const own = new Set(roles.map(({ id }) => id));
  const read = new Map<string, { readonly resource: Value; readonly truths: readonly Truth[] }>();
  for (const role of roles)
    for (const { statement, truth } of readingsOf(model, role))
      for (const resource of statement.resources) {
        const name = shown(resource);
        read.set(name, { resource, truths: [...(read.get(name)?.truths ?? []), truth] });
      }
  const others = model.roles.principals().filter(({ id }) => !own.has(id));
  return [...read].map(([name, { resource, truths }]) => ({
    destination: `the proxy’s parameter ${name}`,
    candidates: [
      ...others.flatMap((role) => readersOf(model, role, resource)),
      ...shared.map((one) => ({ ...one, truth: and(or(...truths), one.truth) })),
    ],
    closed: 'no identity of the templates but the proxy’s role may read it; it takes no policy that would stop others',
  }));
}

function readingsOf({ roles }: AwsModel, role: Resource) {
  return roles.grantsOf(role).granted.filter(({ statement }) => READS.some((action) => namesAction(statement, action)));
}

function readersOf(model: AwsModel, role: Resource, parameter: Value): Candidate[] {
  const doubts = model.roles.grantsOf(role).unknown.map((truth) => ({
    truth,
    path: [{ id: role.id, by: 'a policy that isn’t in the templates' }],
    reason: 'what the role may do isn’t known',
    change: '',
  }));
  const readings = readingsOf(model, role).map(({ source, statement, truth }) => ({
    truth: and(truth, mayName(statement, parameter)),
    path: [{ id: role.id, by: source === role.id ? statement.by : `${source} ${statement.by}` }],
    reason: `${role.id} may read it`,
    change: `take it from ${source} ${statement.by}`,
  }));
  return [...doubts, ...readings].filter(({ truth }) => truth !== false);
}

/** Whether a statement's resources may hold a parameter; region and account may be written in more than one way. */
function mayName({ resources, notResources }: Statement, parameter: Value): Truth {
  if (notResources || resources.length === 0) return true;
  return or(...resources.map((one) => unknownIn(one) ?? unknownIn(parameter) ?? overlap(one, parameter)));
}

function overlap(one: Value, other: Value): boolean {
  const [a = '*', b = '*'] = [keyOf(one), keyOf(other)].map((text) => text && nameIn(text));
  return glob(a, b) || glob(b, a);
}

/** `parameter/name` of an ARN; the whole of any other text. */
function nameIn(text: string): string {
  return text.startsWith('arn:') ? arnParts(text).slice(5).join(':') : text;
}
