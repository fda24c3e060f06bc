import { property } from './evaluate';
import { covers, several, type Statement, statementsOf } from './policy-document';
import type { Resource, Templates } from './templates';
import { keyOf, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** Policies that AWS keeps and that are of no use to an attacker beyond what their name says. */
const KNOWN_MANAGED: ReadonlyMap<string, readonly string[]> = new Map([
  ['service-role/AWSLambdaBasicExecutionRole', ['logs:createloggroup', 'logs:createlogstream', 'logs:putlogevents']],
  [
    'service-role/AmazonECSTaskExecutionRolePolicy',
    [
      'ecr:getauthorizationtoken',
      'ecr:batchchecklayeravailability',
      'ecr:getdownloadurlforlayer',
      'ecr:batchgetimage',
      'logs:createlogstream',
      'logs:putlogevents',
    ],
  ],
]);

const ATTACHMENTS = ['Roles', 'RoleName', 'Users', 'UserName', 'Groups', 'GroupName'];

/** A statement of a role and the resource it is written in. */
export interface Granted {
  readonly source: string;
  readonly statement: Statement;
  /** Whether the policy that it stands in is there. */
  readonly truth: Truth;
}

/** Everything a role is granted; parts that can't be read are unknown. */
export interface Grants {
  readonly granted: readonly Granted[];
  readonly unknown: readonly Unknown[];
}

/** Reads the policies of principals: written inside, attached beside, or managed. */
export class Roles {
  private readonly read = new Map<string, Grants>();
  private readonly attached: ReadonlyMap<string, readonly Resource[]>;
  /** Policies of somebody who isn't known. */
  private readonly floating: readonly { readonly policy: Resource; readonly truth: Unknown }[];

  constructor(private readonly templates: Templates) {
    const found = new Map<string, Resource[]>();
    const floating: { policy: Resource; truth: Unknown }[] = [];
    for (const type of ['Policy', 'RolePolicy', 'UserPolicy', 'GroupPolicy', 'ManagedPolicy']) {
      for (const policy of templates.ofType(`AWS::IAM::${type}`)) {
        const names = ATTACHMENTS.flatMap((name) => several(property(policy.properties, name)));
        for (const name of names) {
          const truth = unknownIn(name);
          if (truth) floating.push({ policy, truth });
          const key = templates.referred(name)?.id ?? keyOf(name) ?? '';
          found.set(key, [...(found.get(key) ?? []), policy]);
        }
      }
    }
    this.attached = found;
    this.floating = floating;
  }

  /** Roles, users and groups of the templates, and policies attached to some that no template holds. */
  principals(): readonly Resource[] {
    const held = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'].flatMap((type) => this.templates.ofType(type));
    const named = new Set(
      held.flatMap(({ id, properties }) => [
        id,
        ...ATTACHMENTS.flatMap((name) => keyOf(property(properties, name)) ?? []),
      ]),
    );
    const strangers = [...this.attached].filter(([name]) => !named.has(name)).flatMap(([, policies]) => policies);
    return [...held, ...new Set(strangers)];
  }

  /** What a role of the templates may do: refusals count where one of its own takes a statement whole, boundaries and conditions don't. */
  grantsOf(role: Resource): Grants {
    const known = this.read.get(role.id);
    if (known) return known;
    const grants = this.readGrants(role);
    this.read.set(role.id, grants);
    return grants;
  }

  private readGrants(role: Resource): Grants {
    const granted: Granted[] = [];
    const refused: Statement[] = [];
    const unknown: Unknown[] = [];
    const add = (source: string, document: Value | undefined, by: string, exists: Truth = true) => {
      const statements = statementsOf(document, by, source);
      if (statements instanceof Unknown) unknown.push(statements);
      else {
        granted.push(...statements.filter(isAllow).map((statement) => ({ source, statement, truth: exists })));
        if (exists === true) refused.push(...statements.filter((statement) => !isAllow(statement)));
      }
    };
    for (const [index, inline] of several(property(role.properties, 'Policies')).entries())
      add(role.id, property(inline, 'PolicyDocument'), `Policies[${index}].PolicyDocument`);
    // A policy of somebody that no template holds stands for that principal.
    if (role.type.endsWith('Policy')) add(role.id, property(role.properties, 'PolicyDocument'), 'PolicyDocument');
    for (const policy of this.attachedTo(role))
      add(policy.id, property(policy.properties, 'PolicyDocument'), 'PolicyDocument', policy.exists);
    for (const { policy, truth } of this.floating) {
      if (policy !== role) unknown.push(truth);
    }
    for (const arn of several(property(role.properties, 'ManagedPolicyArns'))) {
      const policy = this.templates.referred(arn);
      if (policy) add(policy.id, property(policy.properties, 'PolicyDocument'), 'PolicyDocument', policy.exists);
      else this.addManaged(role, arn, granted, unknown);
    }
    return { granted: granted.filter(({ statement }) => !refused.some((one) => refuses(one, statement))), unknown };
  }

  private attachedTo(role: Resource): readonly Resource[] {
    const name = keyOf(property(role.properties, 'RoleName'));
    return [...(this.attached.get(role.id) ?? []), ...(name === undefined ? [] : (this.attached.get(name) ?? []))];
  }

  private addManaged(role: Resource, arn: Value, granted: Granted[], unknown: Unknown[]): void {
    const text = keyOf(arn) ?? '';
    const known = [...KNOWN_MANAGED].find(([name]) => text.endsWith(`:iam::aws:policy/${name}`));
    if (!known) {
      unknown.push(
        unknownIn(arn) ??
          Unknown.of(
            `managed-policy(${shown(arn)})`,
            `the managed policy ${shown(arn)} of ${role.id} grants nothing that matters here`,
          ),
      );
      return;
    }
    const statement: Statement = {
      by: `ManagedPolicyArns ${known[0]}`,
      effect: 'Allow',
      actions: known[1],
      notActions: false,
      resources: ['*'],
      notResources: false,
      principal: undefined,
      notPrincipal: false,
      conditions: [],
    };
    granted.push({ source: role.id, statement, truth: true });
  }
}

function isAllow({ effect }: Statement): boolean {
  return effect === 'Allow';
}

/** Whether a refusal takes all that a statement allows, whoever asks and when. */
function refuses(deny: Statement, allow: Statement): boolean {
  if (deny.conditions.length > 0 || deny.notActions || allow.notActions) return false;
  const everyAction = allow.actions.every((one) => deny.actions.some((pattern) => covers(pattern, one)));
  const all = deny.resources.some((one) => one === '*');
  return everyAction && all && !deny.notResources;
}
