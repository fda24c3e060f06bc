import { IamDenyPolicy } from '@cdktf/provider-google/lib/iam-deny-policy';
import { IamPrincipalAccessBoundaryPolicy } from '@cdktf/provider-google/lib/iam-principal-access-boundary-policy';
import { IamProjectsPolicyBinding } from '@cdktf/provider-google/lib/iam-projects-policy-binding';
import { OrgPolicyPolicy } from '@cdktf/provider-google/lib/org-policy-policy';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { Construct } from 'constructs';
import { type Location, locationOf } from './location';
import { checkName } from './name';

/** What an agent's account could be misused for if somebody gave it a role. */
const DENIED = [
  'iam.googleapis.com/serviceAccounts.getAccessToken',
  'iam.googleapis.com/serviceAccounts.getOpenIdToken',
  'run.googleapis.com/jobs.runWithOverrides',
  'secretmanager.googleapis.com/versions.access',
  'storage.googleapis.com/objects.create',
  'storage.googleapis.com/objects.get',
];

export interface GuardrailsProps {
  /** First part of the names. */
  readonly name: string;
  /** Accounts of agents: refused by name whatever roles they are given. */
  readonly agents: readonly ServiceAccount[];
  /**
   * Number of the organisation. With it everyone in the project is bound to the project's own resources: agents want a
   * project of their own. @default - no principal access boundary
   */
  readonly organization?: string;
  /** @default - those of the stack's GoogleProvider */
  readonly location?: Location;
}

/**
 * A second wall around a project of agents, for those who may set organisation policies: every Cloud Run workload must send
 * all traffic into a network and take calls from inside alone, and agents' accounts are denied what matters by name.
 */
export class Guardrails extends Construct {
  constructor(scope: Construct, id: string, props: GuardrailsProps) {
    super(scope, id);
    const name = checkName(props.name);
    const { project } = locationOf(this, props.location);
    this.constrain('Egress', project, 'run.allowedVPCEgress', 'all-traffic');
    this.constrain('Ingress', project, 'run.allowedIngress', 'internal');
    new IamDenyPolicy(this, 'Deny', {
      name: `${name}-agents`,
      // The platform wants the slashes encoded.
      parent: `cloudresourcemanager.googleapis.com%2Fprojects%2F${project}`,
      displayName: 'Agents hold no right that matters',
      rules: [
        {
          description: 'Whatever role somebody gives them',
          denyRule: {
            deniedPrincipals: props.agents.map(
              ({ email }) => `principal://iam.googleapis.com/projects/-/serviceAccounts/${email}`,
            ),
            deniedPermissions: DENIED,
          },
        },
      ],
    });
    if (props.organization !== undefined) this.bound(name, project, checkOrganization(props.organization));
  }

  private constrain(id: string, project: string, constraint: string, allowed: string): void {
    new OrgPolicyPolicy(this, id, {
      name: `projects/${project}/policies/${constraint}`,
      parent: `projects/${project}`,
      spec: { rules: [{ values: { allowedValues: [allowed] } }] },
    });
  }

  /** A binding takes a project or a pool, never one account: it binds everyone in the project. */
  private bound(name: string, project: string, organization: string): void {
    const target = `//cloudresourcemanager.googleapis.com/projects/${project}`;
    const boundary = new IamPrincipalAccessBoundaryPolicy(this, 'Boundary', {
      organization,
      location: 'global',
      principalAccessBoundaryPolicyId: `${name}-agents`,
      displayName: 'This project alone',
      details: {
        enforcementVersion: 'latest',
        rules: [{ description: 'This project alone', effect: 'ALLOW', resources: [target] }],
      },
    });
    new IamProjectsPolicyBinding(this, 'Binding', {
      project,
      location: 'global',
      policyBindingId: `${name}-agents`,
      policyKind: 'PRINCIPAL_ACCESS_BOUNDARY',
      policy: boundary.name,
      target: { principalSet: target },
    });
  }
}

function checkOrganization(organization: string): string {
  if (/^\d{6,20}$/.test(organization)) return organization;
  throw new Error(
    `organization: expected its number such as "123456789012", got "${organization}" [organization-invalid]`,
  );
}
