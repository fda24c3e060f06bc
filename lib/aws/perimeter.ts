import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Whose keys and resources the endpoints of a network admit: an agent that brings someone else's key is refused. */
export class Perimeter {
  /** The account of the stack. */
  static account(): Perimeter {
    return new Perimeter();
  }

  /**
   * Every account of an AWS organisation, for images and secrets of a shared account.
   * @throws Error `perimeter-organization` unless the id is `o-` and 10 to 32 letters or digits, as AWS Organizations gives it
   */
  static organization(id: string): Perimeter {
    if (/^o-[a-z0-9]{10,32}$/.test(id)) return new Perimeter(id);
    throw new Error(
      `perimeter: expected the id of an organisation such as "o-a1b2c3d4e5", got "${id}"; "aws organizations describe-organization" prints it [perimeter-organization]`,
    );
  }

  private constructor(private readonly organizationId?: string) {}

  /** The condition key and value that our own principals have. */
  principals(scope: Construct): Readonly<Record<string, string>> {
    if (this.organizationId !== undefined) return { 'aws:PrincipalOrgID': this.organizationId };
    return { 'aws:PrincipalAccount': Stack.of(scope).account };
  }

  /** The condition key and value that our own resources have. */
  resources(scope: Construct): Readonly<Record<string, string>> {
    if (this.organizationId !== undefined) return { 'aws:ResourceOrgID': this.organizationId };
    return { 'aws:ResourceAccount': Stack.of(scope).account };
  }
}
