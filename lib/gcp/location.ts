import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { Token, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { refuse } from './refusal';

/** Where resources are made. It is written on each of them: left out, a module's come from a provider block it doesn't have. */
export interface Location {
  /** Id of the project, e.g. `acme-agents`; a Terraform variable in a module. */
  readonly project: string;
  /** e.g. `europe-west1`. */
  readonly region: string;
}

const PROJECT = /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/;
const REGION = /^[a-z]+-[a-z]+[0-9]+$/;

/**
 * The location given, or else that of the stack's `GoogleProvider`.
 * @throws Error `location-unknown`, `project-invalid`, `region-invalid`
 */
export function locationOf(scope: IConstruct, given?: Location): Location {
  const location = given ?? providerLocation(scope);
  const problems: string[] = [];
  if (!Token.isUnresolved(location.project) && !PROJECT.test(location.project)) {
    problems.push(
      `project: expected the id of a project such as "acme-agents", got "${location.project}" [project-invalid]`,
    );
  }
  if (!Token.isUnresolved(location.region) && !REGION.test(location.region)) {
    problems.push(`region: expected a region such as "europe-west1", got "${location.region}" [region-invalid]`);
  }
  refuse(problems);
  return location;
}

function providerLocation(scope: IConstruct): Location {
  const providers = TerraformStack.of(scope)
    .node.findAll()
    .filter((found): found is GoogleProvider => found instanceof GoogleProvider && found.alias === undefined);
  const { project, region } = providers[0] ?? {};
  if (project === undefined || region === undefined) {
    throw new Error(
      'location: expected a GoogleProvider of this stack with project and region, got none; ' +
        'add one before this construct, or give location: { project, region } [location-unknown]',
    );
  }
  return { project, region };
}
