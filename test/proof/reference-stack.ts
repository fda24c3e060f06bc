import { Template } from 'aws-cdk-lib/assertions';
import { agentStack } from '../aws/stack';
import type { Resources } from './templates';

/** The resources of our own stack as they are synthesized; a copy of its own for each caller, to change. */
export function referenceStack(): Resources {
  // A template is plain JSON of this shape by CloudFormation's own definition.
  return structuredClone(synthesized) as Resources;
}

const synthesized = (Template.fromStack(agentStack().stack).toJSON() as { Resources: object }).Resources;

/** The first resource of a type that a text is in; throws when there is none. */
export function only(resources: Resources, type: string, holding = ''): string {
  const found = Object.entries(resources).find(
    ([id, resource]) => resource.Type === type && (id + JSON.stringify(resource)).includes(holding),
  );
  if (!found) throw new Error(`expected a ${type} with "${holding}"`);
  return found[0];
}
