import type { Account, Accounts } from './gcp-accounts';
import { setting } from './terraform-blocks';
import { blocks } from './terraform-blocks';
import type { Names } from './gcp-names';
import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { isObject, keyOf, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** Somebody is given a role somewhere. */
export interface Grant {
  /** The resource that grants. */
  readonly id: string;
  readonly by: string;
  /** What it is granted on: `project`, `secret_manager_secret`, … the middle of its type. */
  readonly on: string;
  /** The resource it is granted on, where the documents hold it. */
  readonly target: Resource | undefined;
  /** How it names a target that no document holds. */
  readonly foreign?: string | undefined;
  /** Set when nobody knows what it is granted on. */
  readonly unknownTarget: Unknown | undefined;
  /** `undefined`: not known. */
  readonly role: string | undefined;
  readonly unknownRole: Unknown | undefined;
  /** The role as it is written. */
  readonly named: Value | undefined;
  /** Whether it holds under a condition: sometimes, for all one knows. */
  readonly conditional: boolean;
  readonly members: readonly Value[];
  readonly exists: Truth;
}

const CUSTOM = ['google_project_iam_custom_role', 'google_organization_iam_custom_role'];
const GRANT = /^google_(.+)_iam_(member|binding|policy)$/;
/** Grants on these bind everything below them. */
const WIDE = new Set(['project', 'folder', 'organization', 'billing_account', 'billing_account_iam']);
/** Which settings name what a grant is on; a resource type each is of. */
const TARGETS: Readonly<Record<string, { readonly keys: readonly string[]; readonly types: readonly string[] }>> = {
  cloud_run_v2_job: { keys: ['name'], types: ['google_cloud_run_v2_job'] },
  cloud_run_v2_service: { keys: ['name'], types: ['google_cloud_run_v2_service'] },
  cloud_run_v2_worker_pool: { keys: ['name'], types: ['google_cloud_run_v2_worker_pool'] },
  cloud_run_service: { keys: ['service'], types: ['google_cloud_run_service', 'google_cloud_run_v2_service'] },
  secret_manager_secret: { keys: ['secret_id'], types: ['google_secret_manager_secret'] },
  secret_manager_regional_secret: { keys: ['secret_id'], types: ['google_secret_manager_regional_secret'] },
  service_account: { keys: ['service_account_id'], types: ['google_service_account'] },
};

/** Every grant of the documents. */
export class Grants {
  readonly all: readonly Grant[];

  constructor(
    private readonly terraform: Terraform,
    private readonly names: Names,
    private readonly accounts: Accounts,
  ) {
    this.all = terraform.resources.flatMap((resource) => this.read(resource));
  }

  /** Whether a grant binds everything of a project. */
  isWide({ on }: Grant): boolean {
    return WIDE.has(on);
  }

  /** Whether a grant is about a resource: on it, or on all of its project. */
  isAbout(grant: Grant, id: string): Truth {
    return grant.unknownTarget ?? (this.isWide(grant) || grant.target?.id === id || grant.foreign === id);
  }

  /** What an account is given; by members nobody knows, perhaps. */
  of(account: Account): readonly { readonly grant: Grant; readonly member: Value; readonly truth: Truth }[] {
    return this.all.flatMap((grant) =>
      grant.members.flatMap((member) => {
        const truth = this.accounts.isMember(member, account);
        return truth === false ? [] : [{ grant, member, truth }];
      }),
    );
  }

  /** Set where another resource says who alone holds a role, or every role, and so takes away what this one grants. */
  replaced({ id, on, role }: Grant): Unknown | false {
    const own = this.terraform.find(id);
    const rival = this.terraform
      .ofType(`google_${on}_iam_binding`, `google_${on}_iam_policy`)
      .filter((one) => one.id !== id && one.exists !== false)
      .find(({ type, properties }) => {
        const [its, here] = [properties, own?.properties].map((from) => setting(from, on));
        if (typeof its === 'string' && typeof here === 'string' && its !== here) return false;
        const about = setting(properties, 'role');
        return type.endsWith('_policy') || typeof about !== 'string' || about === role;
      });
    const says = `${rival?.id ?? ''} doesn’t take away what ${id} grants`;
    return rival === undefined ? false : Unknown.of(`replaced(${id})`, says);
  }

  /** Permissions of a role that the documents define; undefined for one of the platform's or of nobody knows whose. */
  permissionsOf({ named }: Grant): readonly Value[] | undefined {
    const [, path, name] =
      typeof named === 'string' ? (/^((?:projects|organizations)\/[^/]+)\/roles\/(.+)$/.exec(named) ?? []) : [];
    const custom =
      this.terraform.referred(named) ??
      this.terraform.ofType(...CUSTOM).find(({ properties }) => {
        const [role, project, organisation] = ['role_id', 'project', 'org_id'].map((key) => setting(properties, key));
        return (
          role === name && (path === `projects/${shown(project)}` || path === `organizations/${shown(organisation)}`)
        );
      });
    return custom && CUSTOM.includes(custom.type) ? blocks(setting(custom.properties, 'permissions')) : undefined;
  }

  private read(resource: Resource): Grant[] {
    const found = GRANT.exec(resource.type);
    const [, on = '', form] = found ?? [];
    if (!found || form === undefined) return [];
    const { id, properties, exists } = resource;
    const conditional = hasCondition(properties);
    const base = { id, on, exists, conditional, ...this.targetOf(on, properties, id) };
    if (form === 'policy')
      return policyGrants(setting(properties, 'policy_data'), id).map((one) => ({ ...base, ...one }));
    const written = form === 'member' ? setting(properties, 'member') : setting(properties, 'members');
    const members = written instanceof Unknown ? [written] : blocks(written);
    return [
      { ...base, ...roleOf(setting(properties, 'role'), id), by: form === 'member' ? 'member' : 'members', members },
    ];
  }

  private targetOf(on: string, properties: Value, id: string): Pick<Grant, 'target' | 'foreign' | 'unknownTarget'> {
    const known = Object.hasOwn(TARGETS, on) ? TARGETS[on] : undefined;
    if (!known) return { target: undefined, unknownTarget: undefined };
    const value = known.keys.map((key) => setting(properties, key)).find((one) => one !== undefined);
    const named = on === 'service_account' ? this.accountTarget(value) : this.names.find(value, ...known.types);
    if (named.kind === 'resource') return { target: named.resource, unknownTarget: undefined };
    if (named.kind === 'foreign') return { target: undefined, foreign: named.id, unknownTarget: undefined };
    return {
      target: undefined,
      unknownTarget: Unknown.of(`granted-on(${id})`, `what ${id} grants is nothing of the agent’s or the proxy’s`),
    };
  }

  private accountTarget(value: Value | undefined): ReturnType<Names['find']> {
    const email = typeof value === 'string' ? /([^/]+@[^/]+)$/.exec(value)?.[1] : undefined;
    const account = email === undefined ? undefined : this.accounts.of(email);
    return account?.named ?? this.names.find(value, 'google_service_account');
  }
}

/** States show a block that isn't there as an empty list. */
function hasCondition(properties: Value): boolean {
  return blocks(setting(properties, 'condition')).length > 0;
}

function roleOf(value: Value | undefined, id: string): Pick<Grant, 'role' | 'unknownRole' | 'named'> {
  const named = value;
  const unknown = unknownIn(value);
  if (unknown) return { named, role: undefined, unknownRole: unknown };
  const role = keyOf(value);
  if (role === undefined)
    return { named, role, unknownRole: Unknown.of(`role(${id})`, `the role that ${id} grants opens nothing`) };
  // A role that the documents make is named by reference: its address stands in what is shown.
  return { named, role: typeof value === 'string' ? value : shown(value), unknownRole: undefined };
}

/** A policy replaces all bindings at once; it is a text of JSON. */
function policyGrants(
  value: Value | undefined,
  id: string,
): (Pick<Grant, 'by' | 'role' | 'unknownRole' | 'named' | 'members'> & Partial<Pick<Grant, 'conditional'>>)[] {
  const unknown =
    unknownIn(value) ?? Unknown.of(`policy(${id})`, `the policy of ${id} grants nothing that opens anything`);
  const lost = [{ by: 'policy_data', named: undefined, role: undefined, unknownRole: unknown, members: [unknown] }];
  if (typeof value !== 'string') return lost;
  const bindings = bindingsIn(value);
  return bindings === undefined
    ? lost
    : bindings.map((one, index) => ({
        by: `policy_data.bindings[${index}]`,
        ...roleOf(setting(one, 'role'), id),
        members: blocks(setting(one, 'members')),
        conditional: hasCondition(one),
      }));
}

function bindingsIn(text: string): readonly Value[] | undefined {
  try {
    // JSON is a value without anything unknown in it.
    const parsed = JSON.parse(text) as Value;
    return isObject(parsed) ? blocks(setting(parsed, 'bindings')).filter(isObject) : undefined;
  } catch {
    return undefined;
  }
}
