import { arnParts, covers, several, type Condition, type Statement, UNREAD } from './policy-document';
import type { Templates } from './templates';
import { and, isObject, keyOf, or, Reference, Text, type Truth, Unknown, unknownIn, type Value } from './value';

/*
 * The attacker of an endpoint policy: code of the agent with a key of an account that isn't ours, or with none, and a
 * bucket, queue or log group of that account. It gets data out exactly when one statement admits both at once.
 */

const PRINCIPAL_KEYS = [
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalarn',
  'aws:userid',
];
const RESOURCE_KEYS = ['aws:resourceaccount', 'aws:resourceorgid', 'aws:resourceorgpaths', 's3:resourceaccount'];
const ACCOUNT = `\uFDD0AWS::AccountId\uFDD1Ref\uFDD2`;
// The registry's own buckets of image layers, one a region; AWS owns them and only reads are of use.
const LAYER_BUCKET = /^prod-[^/]*-starport-layer-bucket$/;

const PRINCIPAL_KINDS: ReadonlySet<string> = new Set(['AWS', 'Federated', 'Service', 'CanonicalUser']);

interface Foreign {
  readonly statement: Statement;
  readonly truth: Truth;
}

/** The statements that let a foreign key reach a foreign resource, each as sure as it is known. */
export function foreignAccess(statements: readonly Statement[], templates: Templates): Foreign[] {
  return admitted(statements, [...PRINCIPAL_KEYS, ...RESOURCE_KEYS], (statement) =>
    foreignResource(statement, templates),
  );
}

/** The statements that let anybody reach a foreign resource who comes with a key of ours. */
export function accessAsOurs(statements: readonly Statement[], templates: Templates): Foreign[] {
  return admitted(
    statements,
    RESOURCE_KEYS,
    (statement) => foreignResource(statement, templates),
    () => true,
  );
}

/** The statements that let a foreign key reach a resource of ours, each as sure as it is known. */
export function foreignUse(statements: readonly Statement[]): Foreign[] {
  return admitted(statements, PRINCIPAL_KEYS, ({ resources }) => !resources.length || !resources.every(isLayers));
}

/** @param keys those whose value the attacker doesn't choose. */
function admitted(
  statements: readonly Statement[],
  keys: readonly string[],
  reaches: (statement: Statement) => Truth,
  admits: (statement: Statement) => Truth = foreignPrincipal,
): Foreign[] {
  const denies = statements.filter(({ effect }) => effect === 'Deny');
  return statements.flatMap((statement) => {
    if (statement.effect !== 'Allow') return [];
    if (denies.some((deny) => denied(deny, statement, keys))) return [];
    const truth = and(
      admits(statement),
      reaches(statement),
      ...statement.conditions.map((condition) => admitsForeign(condition, keys)),
    );
    return truth === false ? [] : [{ statement, truth }];
  });
}

/** Whether a refusal takes everything of a statement from every foreigner, for certain. */
function denied(deny: Statement, allow: Statement, keys: readonly string[]): boolean {
  const everyone = !deny.notPrincipal && isEveryone(deny.principal);
  const everyAction =
    !deny.notActions &&
    !allow.notActions &&
    allow.actions.every((one) => deny.actions.some((pattern) => covers(pattern, one)));
  const all = deny.actions.includes('*') && !deny.notActions;
  const everything = !deny.notResources && deny.resources.some((one) => one === '*');
  const refused = deny.conditions.every((condition) => surelyForeign(condition, keys));
  return everyone && (everyAction || all) && everything && refused;
}

/** Whether a policy’s principal is everybody. */
export function isEveryone(principal: Value | undefined): boolean {
  if (principal === '*') return true;
  return isObject(principal) && several(principal.AWS).includes('*');
}

function foreignPrincipal({ principal, notPrincipal }: Statement): Truth {
  if (notPrincipal || principal === undefined || isEveryone(principal)) return true;
  if (!isObject(principal)) return unknownIn(principal) ?? true;
  if (Object.keys(principal).some((kind) => !PRINCIPAL_KINDS.has(kind))) return true;
  const named = [...several(principal.AWS), ...several(principal.Federated)];
  return or(...named.map((one) => unknownIn(one) ?? false));
}

function foreignResource(statement: Statement, templates: Templates): Truth {
  const { resources, notResources } = statement;
  if (notResources || resources.length === 0) return true;
  return or(...resources.map((resource) => isForeign(resource, statement, templates)));
}

/** Whether a resource pattern covers something of another account. */
function isForeign(resource: Value, statement: Statement, templates: Templates): Truth {
  const unknown = unknownIn(resource);
  if (unknown) return unknown;
  const first = resource instanceof Text ? resource.parts[0] : resource;
  if (first instanceof Reference) return !templates.referred(first) || goesOn(resource);
  const text = keyOf(resource);
  if (text === undefined || !text.startsWith('arn:')) return true;
  const [, , service, , account, ...rest] = arnParts(text);
  if (account === ACCOUNT || /^\d{12}$/.test(account ?? '')) return false;
  if (account !== '' || service !== 's3') return true;
  if (isOwnBucket(resource, templates)) return false;
  return foreignBucket(bucketOf(rest.join(':')), rest.join(':'), statement);
}

/** `arn:aws:s3:::${Bucket}/…` of a bucket that the templates make. */
function isOwnBucket(resource: Value, templates: Templates): boolean {
  const parts = resource instanceof Text ? resource.parts : [];
  const at = parts.findIndex((part) => templates.referred(part)?.type === 'AWS::S3::Bucket');
  const [before, after = '/'] = [parts[at - 1], parts[at + 1]];
  return at > 0 && String(before).endsWith(':s3:::') && String(after).startsWith('/');
}

/** Whether a text leads on from a resource's own name to names that begin with it. */
function goesOn(resource: Value): boolean {
  const next = resource instanceof Text ? resource.parts[1] : undefined;
  return next !== undefined && (typeof next !== 'string' || !/^[/:]/.test(next));
}

/** Whether a resource is one of the registry’s own, of which nobody has a copy to write to. */
function isLayers(resource: Value): boolean {
  const [, , , , , ...rest] = arnParts(keyOf(resource) ?? '');
  return LAYER_BUCKET.test(bucketOf(rest.join(':')));
}

function bucketOf(written: string): string {
  return (written.split('/')[0] ?? '').replace(/\uFDD0[^\uFDD2]*\uFDD2/g, 'x');
}

/** Bucket names are the whole world's: only the owner's name for it says whose it is. */
function foreignBucket(bucket: string, written: string, { actions, notActions }: Statement): Truth {
  if (/[*?]|\$\{/.test(bucket)) return true;
  if (LAYER_BUCKET.test(bucket) && !notActions && actions.every((action) => covers('s3:get*', action))) return false;
  const name = written.split('/')[0] ?? '';
  if (name.includes(ACCOUNT)) return false;
  return Unknown.of(
    `bucket(${bucket})`,
    `the bucket ${bucket} belongs to this account (aws:ResourceAccount says so for certain)`,
  );
}

/** Whether a condition of an allowing statement lets a foreigner with a foreign resource pass. */
function admitsForeign({ operator, key, values }: Condition, keys: readonly string[]): Truth {
  const [base, quantifier, ifExists] = parts(operator);
  const principal = PRINCIPAL_KEYS.includes(key);
  if (key === UNREAD) return or(...values.map((value) => unknownIn(value) ?? true));
  // What an anonymous request doesn't carry, such a condition lets pass.
  if (key === 'aws:principalisawsservice' && base === 'bool')
    return quantifier === 'forallvalues:' || ifExists || !values.some((value) => keyOf(value) === 'true');
  if (!keys.includes(key)) return true; // the attacker can bring it about
  if (base.includes('not') || base === 'null') return true;
  if (!/^(?:string(?:equals|equalsignorecase|like)|arn(?:equals|like))$/.test(base)) return true;
  // An anonymous request has no principal, so a condition that only holds where there is one lets it pass.
  if (quantifier === 'forallvalues:' || (ifExists && principal)) return true;
  if (ifExists)
    return Unknown.of(
      `condition(${key})`,
      `every request carries ${key}, which the condition only judges where it is there`,
    );
  return or(...values.map((value) => matchesForeign(key, base, value)));
}

/** Whether a condition of a refusing statement holds for every foreigner, for certain. */
function surelyForeign({ operator, key, values }: Condition, keys: readonly string[]): boolean {
  const [base, quantifier, ifExists] = parts(operator);
  // What isn't there has no value: such a refusal lets an anonymous request pass.
  if (quantifier === 'foranyvalue:' || values.length === 0) return false;
  if (key === 'aws:principalisawsservice' && base === 'bool')
    return (ifExists || quantifier !== '') && values.every((value) => keyOf(value) === 'false');
  if (!keys.includes(key)) return false;
  if (!/^(?:string|arn)not(?:equals|equalsignorecase|like)$/.test(base)) return false;
  return values.every((value) => matchesForeign(key, base, value) === false);
}

function matchesForeign(key: string, operator: string, value: Value): Truth {
  const unknown = unknownIn(value);
  if (unknown) return unknown;
  // The identity that the templates make themselves.
  if (value instanceof Reference && value.kind === 'resource') return false;
  const text = keyOf(value) ?? '*';
  // A variable is the caller's own: a foreign key's account is that of its own bucket.
  if (text.includes('${')) return true;
  // The parts that say whose it is: what follows them is the owner's business.
  const owner = key === 'aws:principalarn' ? arnParts(text).slice(0, 5) : [text.split(/[:/]/)[0] ?? ''];
  if (key === 'aws:principalarn' && (owner.length < 5 || owner[4] === '')) return true;
  return /like|arn/.test(operator) && owner.some((part) => /[*?]/.test(part.replace(/\uFDD0[^\uFDD2]*\uFDD2/g, '')));
}

/** `ForAnyValue:StringEqualsIfExists` in its three parts, lower case. */
function parts(operator: string): [base: string, quantifier: string, ifExists: boolean] {
  const found = /^(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$/.exec(operator.toLowerCase());
  return [found?.[2] ?? '', found?.[1] ?? '', found?.[3] !== undefined];
}
