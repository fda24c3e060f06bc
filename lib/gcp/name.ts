import type { IConstruct } from 'constructs';
import { Token } from 'cdktf';

/** Room for `-agent` and `-proxy` in a service account's 30 characters, the shortest name of the platform. */
const NAME = /^[a-z](?:[-a-z0-9]{0,22}[a-z0-9])$/;

/**
 * The first part of every resource's name: 2 to 24 lower-case letters, digits and hyphens.
 * @throws Error `name-invalid`
 */
export function checkName(name: string): string {
  if (Token.isUnresolved(name) || !NAME.test(name)) {
    throw new Error(
      `name: expected 2 to 24 lower-case letters, digits and inner hyphens such as "coder", got ${Token.isUnresolved(name) ? 'a value known only later' : `"${name}"`}: ` +
        'names of Google Cloud take no more; give name [name-invalid]',
    );
  }
  return name;
}

/** Two cells of one name would fight over the same resources: the second is refused. @throws Error `name-taken` */
export function claimName(scope: IConstruct, kind: string, name: string): void {
  const { root } = scope.node;
  const claims = CLAIMS.get(root) ?? new Map<string, string>();
  CLAIMS.set(root, claims);
  const holder = claims.get(`${kind} ${name}`);
  if (holder !== undefined) {
    throw new Error(
      `name: expected a name of its own, got "${name}", which ${holder} has already; give another name [name-taken]`,
    );
  }
  claims.set(`${kind} ${name}`, scope.node.path);
}

const CLAIMS = new WeakMap<IConstruct, Map<string, string>>();
