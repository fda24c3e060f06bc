import type { Candidate } from './claim';
import { several, type Statement, statementsOf } from './policy-document';
import { isEveryone } from './policy-foreign';
import type { Resource, Templates } from './templates';
import { isList, isObject, type Truth, Unknown, type Value } from './value';

/*
 * A role is worth what it may do to whoever takes it: whom its trust names, and what the templates hand it to.
 */

const TRUST = 'AssumeRolePolicyDocument';
/** Properties that hand a role to what they are of. */
export const HANDS_A_ROLE = /role(?:s|arn|name)?$/i;

/** Whoever takes a role, but services that it trusts and the resources that are meant to. */
export function otherTakers(role: Resource, templates: Templates, isMeant: (one: Resource) => boolean): Candidate[] {
  const handed = templates.resources
    .filter((one) => one.id !== role.id && !isPolicy(one) && !isMeant(one))
    .flatMap((one) => (hands(one.properties, role, templates) ? [one] : []));
  return [
    ...trusted(role),
    ...handed.map(({ id, type, exists }): Candidate => ({
      truth: exists,
      path: [
        { id, by: type },
        { id: role.id, by: 'its role' },
      ],
      reason: `${id} has the role ${role.id} too`,
      change: `give ${id} a role of its own`,
    })),
  ];
}

/** Whether anybody of any account may take a role. */
export function isEverybodys({ id, properties }: Resource): Truth {
  const statements = statementsOf(properties[TRUST], TRUST, id);
  if (statements instanceof Unknown) return false;
  return statements.some((one) => one.effect === 'Allow' && (isOpen(one) || isGuests(one)));
}

function isOpen({ principal, conditions }: Statement): boolean {
  return conditions.length === 0 && isEveryone(principal);
}

/** Who comes to an identity pool without signing in. */
function isGuests({ conditions }: Statement): boolean {
  return conditions.some(({ values }) => values.includes('unauthenticated'));
}

function trusted({ id, properties }: Resource): Candidate[] {
  const statements = statementsOf(properties[TRUST], TRUST, id);
  if (properties[TRUST] === undefined) return [];
  if (statements instanceof Unknown)
    return [{ truth: statements, path: [{ id, by: TRUST }], reason: 'who may take the role isn’t known', change: '' }];
  return statements.filter(trustsOthers).map((statement): Candidate => ({
    truth:
      isOpen(statement) ||
      isGuests(statement) ||
      Unknown.of(`takers(${id})`, `whom ${id} trusts by ${TRUST} takes it only for what it is meant for`),
    path: [{ id, by: statement.by }],
    reason: `not only a service may take the role ${id}`,
    change: `let ${id} trust its service alone`,
  }));
}

function trustsOthers({ effect, principal, notPrincipal }: Statement): boolean {
  if (effect !== 'Allow') return false;
  return notPrincipal || !isObject(principal) || Object.keys(principal).some((kind) => kind !== 'Service');
}

function isPolicy({ type }: Resource): boolean {
  return /^AWS::IAM::\w*Policy$/.test(type);
}

function hands(value: Value, role: Resource, templates: Templates, name = ''): boolean {
  if (isList(value)) return value.some((one) => hands(one, role, templates, name));
  if (isObject(value)) return Object.entries(value).some(([key, inner]) => hands(inner, role, templates, key));
  return HANDS_A_ROLE.test(name) && several(value).some((one) => templates.referred(one)?.id === role.id);
}
