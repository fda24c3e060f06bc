import type { Resource } from '../templates';
import { isList, isObject, Unknown, unknownIn, type Value, type ValueObject } from '../value';
import type { Names } from './names';
import { Source, unknownAt } from './source';

/** Policies put together from others, which aren’t followed. */
const ELSEWHERE = ['source_policy_documents', 'override_policy_documents', 'source_json', 'override_json'];

/** The policy that `data.aws_iam_policy_document` writes out of its blocks. */
export function documentOf(data: Resource, names: Names): Value {
  const source = new Source(data, names);
  const unread =
    data.unread ?? (data.exists === true ? undefined : unknownAt(data.id)) ?? elsewhere(source) ?? undefined;
  if (unread) return unread;
  return {
    Statement: source.blocks('statement').map((block) => (block instanceof Unknown ? block : statement(block))),
  };
}

function elsewhere(source: Source): Unknown | undefined {
  const found = ELSEWHERE.map((name) => source.value(name)).find(
    (value) => value !== undefined && value !== '' && !(isList(value) && value.length === 0),
  );
  return found === undefined ? undefined : unknownAt(source.id);
}

function statement(block: Source): Value {
  const listed = (as: string, name: string) => {
    const values = block.refs(name);
    const read = values instanceof Unknown ? values : values?.map(interpolated);
    return read === undefined || (isList(read) && read.length === 0) ? {} : { [as]: read };
  };
  const conditions = conditionsOf(block);
  return {
    Effect: block.plain('effect') ?? 'Allow',
    ...listed('Action', 'actions'),
    ...listed('NotAction', 'not_actions'),
    ...listed('Resource', 'resources'),
    ...listed('NotResource', 'not_resources'),
    ...principals(block, 'Principal', 'principals'),
    ...principals(block, 'NotPrincipal', 'not_principals'),
    ...(conditions === undefined ? {} : { Condition: conditions }),
  };
}

function principals(block: Source, as: string, name: string): ValueObject {
  const found: Record<string, Value> = {};
  for (const one of block.blocks(name)) {
    if (one instanceof Unknown) return { [as]: one };
    const [type, ids] = [one.plain('type'), one.refs('identifiers')];
    if (typeof type !== 'string' || ids === undefined || ids instanceof Unknown) return { [as]: unknownAt(one.id) };
    if (type === '*') return { [as]: '*' };
    const before = found[type];
    found[type] = [...(isList(before) ? before : []), ...ids];
  }
  return Object.keys(found).length === 0 ? {} : { [as]: found };
}

function conditionsOf(block: Source): Value | undefined {
  const found: Record<string, ValueObject> = {};
  for (const one of block.blocks('condition')) {
    if (one instanceof Unknown) return one;
    const [test, variable, values] = [one.plain('test'), one.plain('variable'), one.refs('values')];
    const before = typeof test === 'string' ? found[test] : undefined;
    // Twice the same: whether both values count, or the last, isn’t said.
    const twice = typeof variable === 'string' && isObject(before) && Object.hasOwn(before, variable);
    if (typeof test !== 'string' || typeof variable !== 'string' || values === undefined || twice)
      return unknownAt(one.id);
    if (values instanceof Unknown) return values;
    found[test] = { ...before, [variable]: values.map(interpolated) };
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

/** Policy variables are written `&{…}`, since `${…}` is Terraform’s own. */
function interpolated(value: Value): Value {
  return typeof value === 'string' && !unknownIn(value) ? value.replaceAll('&{', '${') : value;
}
