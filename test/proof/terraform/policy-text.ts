import type { Body } from './forms';

/** What `aws_iam_policy_document` writes out of its blocks, as its documentation says. */
export function policyText(body: Body): string {
  const statements = list(body.statement).map((one) => {
    const conditions: Record<string, Record<string, unknown>> = {};
    for (const { test, variable, values } of list(one.condition))
      (conditions[String(test)] ??= {})[String(variable)] = values;
    return {
      Effect: one.effect ?? 'Allow',
      Action: one.actions,
      NotAction: one.not_actions,
      Resource: one.resources,
      NotResource: one.not_resources,
      Principal: principals(one.principals),
      Condition: Object.keys(conditions).length > 0 ? conditions : undefined,
    };
  });
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function list(blocks: unknown): readonly Body[] {
  return (blocks ?? []) as readonly Body[]; // blocks are lists in these documents
}

function principals(blocks: unknown): unknown {
  if (blocks === undefined) return undefined;
  if (list(blocks).some(({ type }) => type === '*')) return '*';
  return Object.fromEntries(list(blocks).map(({ type, identifiers }) => [String(type), identifiers]));
}
