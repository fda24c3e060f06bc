import { property } from './evaluate';
import { isList, isObject, keyOf, shown, Unknown, unknownIn, type Value } from './value';

/** One statement of an IAM policy. */
export interface Statement {
  /** Where it stands, e.g. `PolicyDocument.Statement[0]`. */
  readonly by: string;
  readonly effect: 'Allow' | 'Deny';
  /** Lower case; all but these when `notActions`. */
  readonly actions: readonly string[];
  readonly notActions: boolean;
  readonly resources: readonly Value[];
  readonly notResources: boolean;
  /** Only in policies of resources and endpoints. */
  readonly principal: Value | undefined;
  readonly notPrincipal: boolean;
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly operator: string;
  /** Lower case. */
  readonly key: string;
  readonly values: readonly Value[];
}

const ELEMENTS: ReadonlySet<string> = new Set([
  ...['Sid', 'Effect', 'Condition'],
  ...['Principal', 'Action', 'Resource'].flatMap((name) => [name, `Not${name}`]),
]);

/** Key of a condition that can't be read. */
export const UNREAD = '';

/**
 * The statements of a document; what isn't known where it can't be read.
 * @param by the property that holds it, in reports. @param id the resource that it stands in.
 */
export function statementsOf(document: Value | undefined, by: string, id: string): readonly Statement[] | Unknown {
  const listed = property(document, 'Statement');
  if (listed instanceof Unknown) return listed;
  if (!isObject(document)) return Unknown.of(`policy(${id} ${by})`, `the policy ${by} of ${id} can be read`);
  const several = isList(listed);
  const statements = several ? listed : [listed];
  const read = statements.map((one, index) =>
    readStatement(one, several ? `${by}.Statement[${index}]` : `${by}.Statement`, id),
  );
  const unread = read.find((one): one is Unknown => one instanceof Unknown);
  return unread ?? read.filter((one): one is Statement => !(one instanceof Unknown));
}

function readStatement(statement: Value | undefined, by: string, id: string): Statement | Unknown {
  const policy = `policy(${id} ${by})`;
  if (!isObject(statement))
    return statement instanceof Unknown ? statement : Unknown.of(policy, `${by} of ${id} can be read`);
  const effect = statement.Effect;
  const notActions = statement.NotAction !== undefined;
  const actions = several(statement.NotAction ?? statement.Action);
  const unread = actions.map(unknownIn).find((one) => one !== undefined);
  if (unread) return unread;
  if (effect !== 'Allow' && effect !== 'Deny') return Unknown.of(policy, `the effect of ${id} ${by} is Allow or Deny`);
  if (actions.length === 0 || Object.keys(statement).some((name) => !ELEMENTS.has(name)))
    return Unknown.of(policy, `${id} ${by} has actions, and elements of policies alone, spelt as AWS spells them`);
  return {
    by,
    effect,
    actions: actions.map((one) => (keyOf(one) ?? '*').toLowerCase()),
    notActions,
    resources: several(statement.NotResource ?? statement.Resource),
    notResources: statement.NotResource !== undefined,
    principal: statement.NotPrincipal ?? statement.Principal,
    notPrincipal: statement.NotPrincipal !== undefined,
    conditions: conditionsOf(statement.Condition, `${id} ${by}`),
  };
}

function conditionsOf(written: Value | undefined, by: string): Condition[] {
  if (written === undefined || written === null) return [];
  if (!isObject(written)) return [unreadCondition(written, by)];
  return Object.entries(written).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key: key.toLowerCase(), values: several(values) }))
      : [unreadCondition(keys, by)],
  );
}

/** A condition that can't be read narrows nothing for certain. */
function unreadCondition(value: Value, by: string): Condition {
  const unknown = unknownIn(value) ?? Unknown.of(`policy(${by})`, `the condition of ${by} can be read`);
  return { operator: UNREAD, key: UNREAD, values: [unknown] };
}

/** One value or several, as policies write both. */
export function several(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return isList(value) ? value : [value];
}

/** Whether an action pattern (`s3:Get*`) covers an action or another pattern as it is written. Case doesn't matter. */
export function covers(pattern: string, action: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), action.toLowerCase()];
  return wanted === given || glob(wanted, given);
}

/** Whether a statement's actions hold this one. */
export function namesAction({ actions, notActions }: Statement, action: string): boolean {
  return actions.some((pattern) => covers(pattern, action)) !== notActions;
}

/** `*` is any text, `?` one character, though not a star of another pattern; linear, so that no pattern of a template can make it slow. */
export function glob(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && ((pattern[p] === '?' && text[t] !== '*') || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** A statement's actions for reports. */
export function actionsText({ actions, notActions }: Statement): string {
  return `${notActions ? 'everything but ' : ''}${actions.slice(0, 4).join(', ')}${actions.length > 4 ? ', …' : ''}`;
}

/** A statement's resources for reports. */
export function resourcesText({ resources, notResources }: Statement): string {
  return `${notResources ? 'everything but ' : ''}${resources.slice(0, 2).map(shown).join(', ')}${resources.length > 2 ? ', …' : ''}`;
}

/** The parts of an ARN between its colons; those inside a reference's name don't count. */
export function arnParts(text: string): readonly string[] {
  const masked = text.replace(/\uFDD0[^\uFDD2]*\uFDD2/g, (symbol) => symbol.replaceAll(':', '\uFDD3'));
  return masked.split(':').map((part) => part.replaceAll('\uFDD3', ':'));
}
