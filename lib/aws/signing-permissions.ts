import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Policy, Rule } from '../policy';

const ACTIONS: Readonly<Record<string, string>> = {
  invoke: 'bedrock:InvokeModel',
  converse: 'bedrock:InvokeModel',
  'invoke-with-response-stream': 'bedrock:InvokeModelWithResponseStream',
  'converse-stream': 'bedrock:InvokeModelWithResponseStream',
};
/** Cross-region profiles: the model behind one is called in several regions. */
const PROFILE = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\.(?<model>.+)$/;

/**
 * The least the proxy's role needs for the policy's Bedrock upstreams: the actions and models its rules name. Other
 * services signed by SigV4 get nothing by themselves: grant them on the proxy.
 */
export function signingStatements(scope: Construct, policy: Policy): PolicyStatement[] {
  const byAction = new Map<string, Set<string>>();
  for (const upstream of policy.upstreams) {
    if (upstream.tls !== 'intercept' || upstream.credential?.kind !== 'sigv4') continue;
    if (upstream.credential.service !== 'bedrock') continue;
    for (const rule of upstream.rules) {
      for (const action of actionsOf(rule)) {
        const resources = byAction.get(action) ?? new Set<string>();
        for (const resource of modelsOf(scope, rule, upstream.credential.region)) resources.add(resource);
        byAction.set(action, resources);
      }
    }
  }
  return [...byAction].map(
    ([action, resources]) => new PolicyStatement({ actions: [action], resources: [...resources] }),
  );
}

function actionsOf({ path }: Rule): readonly string[] {
  const all = [...new Set(Object.values(ACTIONS))];
  const [root, , verb] = path.segments;
  if (root !== undefined && 'literal' in root && root.literal !== 'model') return [];
  if (verb === undefined || !('literal' in verb)) return path.rest || verb !== undefined ? all : [];
  const action = Object.hasOwn(ACTIONS, verb.literal) ? ACTIONS[verb.literal] : undefined;
  return action === undefined ? [] : [action];
}

function modelsOf(scope: Construct, { path }: Rule, region: string): readonly string[] {
  const stack = Stack.of(scope);
  const model = (name: string, where: string): string =>
    stack.formatArn({
      service: 'bedrock',
      region: where,
      account: '',
      resource: 'foundation-model',
      resourceName: name,
    });
  const profile = (name: string): string =>
    stack.formatArn({
      service: 'bedrock',
      region,
      resource: 'inference-profile',
      resourceName: name,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  const named = path.segments[1];
  if (named === undefined || !('literal' in named)) return [model('*', '*'), profile('*')];
  const behind = PROFILE.exec(named.literal)?.groups?.['model'];
  return behind === undefined ? [model(named.literal, region)] : [profile(named.literal), model(behind, '*')];
}
