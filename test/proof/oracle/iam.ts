import { fields, list, type Properties } from './world';

/** Somebody asks for something; keys that the request doesn't carry are absent from the context. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** The caller's ARN; `undefined` where nobody signed. */
  readonly principal: string | undefined;
  readonly context: Readonly<Record<string, string>>;
}

export type Decision = 'allowed' | 'denied' | 'no word';

/** What one policy says of a request: a refusal stands before an allowance. */
export function decide(policy: unknown, request: Request): Decision {
  const fitting = [fields(policy).Statement]
    .flat()
    .map(fields)
    .filter((statement) => fits(statement, request));
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return fitting.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'no word';
}

function fits(statement: Properties, request: Request): boolean {
  const { Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  const acts = (named: unknown) => many(named).some((one) => glob(one.toLowerCase(), request.action.toLowerCase()));
  const lies = (named: unknown) => many(named).some((one) => glob(filled(one, request), request.resource));
  return (
    (NotAction === undefined ? acts(Action) : !acts(NotAction)) &&
    (NotResource === undefined ? Resource === undefined || lies(Resource) : !lies(NotResource)) &&
    (Principal === undefined || isNamed(Principal, request)) &&
    (NotPrincipal === undefined || !isNamed(NotPrincipal, request)) &&
    Object.entries(fields(Condition)).every(([operator, keys]) =>
      Object.entries(fields(keys)).every(([key, values]) => holds(operator, key, many(values), request)),
    )
  );
}

const many = (value: unknown): readonly string[] =>
  [value]
    .flat()
    .filter((one) => one !== undefined)
    .map(String);

function isNamed(named: unknown, { principal }: Request): boolean {
  if (named === '*') return true;
  const account = principal?.split(':')[4];
  return many(fields(named).AWS).some(
    (one) =>
      one === '*' ||
      (principal !== undefined && (one === principal || one === account || one === `arn:aws:iam::${account}:root`)),
  );
}

/** `${key}` in a value is what the request carries; one that it doesn't carry fits nothing. */
function filled(value: string, { context }: Request): string {
  return value.replace(/\$\{([^}]+)\}/g, (_, key: string) => keyOf(context, key) ?? '\u0000');
}

function keyOf(context: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

function holds(operator: string, key: string, values: readonly string[], request: Request): boolean {
  const carried = keyOf(request.context, key);
  if (operator === 'Null') return values.includes(String(carried === undefined));
  const [, set, name = '', ifExists] = /^(ForAllValues:|ForAnyValue:)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = /Not/.test(name);
  if (carried === undefined)
    return set === 'ForAnyValue:' ? false : set !== undefined || ifExists !== undefined || isNegated;
  const same = values
    .map((value) => filled(value, request))
    .some((value) => compare(name.replace('Not', ''), value, carried));
  return same !== isNegated;
}

function compare(operator: string, value: string, carried: string): boolean {
  switch (operator) {
    case 'StringEquals':
      return value === carried;
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return value.toLowerCase() === carried.toLowerCase();
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return glob(value, carried);
    default:
      throw new Error(`the oracle doesn't know the operator ${operator}`);
  }
}

/** `*` is any text and `?` any character. */
export function glob(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 's').test(text);
}

/** The texts in a policy that a key is compared with: an attacker chooses names of the same sound. */
export function valuesOf(policy: unknown, key: RegExp): readonly string[] {
  return list(fields(policy).Statement ?? [])
    .flatMap((statement) => Object.values(fields(fields(statement).Condition)))
    .flatMap((keys) => Object.entries(fields(keys)))
    .filter(([name]) => key.test(name))
    .flatMap(([, values]) => many(values));
}
