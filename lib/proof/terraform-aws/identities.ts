import { Reference, Unknown, type Value } from '../value';
import { oncePer } from '../once-per';
import type { Names } from './names';
import { known, one } from './network';
import { policyOf } from './policies';
import { type Emitted, Source, type Translators } from './source';

const IAM = 'AWS::IAM';
const POLICY = 'aws_iam_policy';

/** Who is whose: settings of an attachment by the property that the model reads of a policy. */
const PRINCIPALS = {
  Roles: ['role', 'roles', 'aws_iam_role'],
  Users: ['user', 'users', 'aws_iam_user'],
  Groups: ['group', 'groups', 'aws_iam_group'],
} as const;
const ATTACHMENTS = [
  'aws_iam_role_policy_attachment',
  'aws_iam_user_policy_attachment',
  'aws_iam_group_policy_attachment',
  'aws_iam_policy_attachment',
];

/** Roles, users and groups, and the policies inside, beside and attached. */
export const IDENTITIES: Translators = {
  aws_iam_role: (source) => [
    one(source, `${IAM}::Role`, {
      RoleName: source.plain('name'),
      AssumeRolePolicyDocument: policyOf(source, 'assume_role_policy'),
      Policies: inside(source),
      ManagedPolicyArns: managed(source),
    }),
  ],
  aws_iam_user: (source) => [
    one(source, `${IAM}::User`, { UserName: source.plain('name'), ManagedPolicyArns: managed(source) }),
  ],
  aws_iam_group: (source) => [
    one(source, `${IAM}::Group`, { GroupName: source.plain('name'), ManagedPolicyArns: managed(source) }),
  ],
  aws_iam_role_policy: (source) => [written(source, 'Roles')],
  aws_iam_user_policy: (source) => [written(source, 'Users')],
  aws_iam_group_policy: (source) => [written(source, 'Groups')],
  [POLICY]: (source) => [
    one(source, `${IAM}::ManagedPolicy`, {
      PolicyDocument: policyOf(source, 'policy') ?? unreadPolicy(source),
      ...attachedTo(source),
    }),
  ],
  ...Object.fromEntries(ATTACHMENTS.map((type) => [type, strange])),
};

function inside(source: Source): readonly Value[] {
  return source
    .blocks('inline_policy')
    .map((block) => (block instanceof Unknown ? block : { PolicyDocument: policyOf(block, 'policy') ?? {} }))
    .filter((one) => one instanceof Unknown || Object.keys(one.PolicyDocument).length > 0);
}

function written(source: Source, principals: keyof typeof PRINCIPALS): Emitted {
  const [single, , type] = PRINCIPALS[principals];
  return one(source, `${IAM}::Policy`, {
    PolicyDocument: policyOf(source, 'policy') ?? unreadPolicy(source),
    [principals]: [known(source.ref(single, type), source, single)],
  });
}

function unreadPolicy({ id }: Source): Unknown {
  return Unknown.of(`policy(${id})`, `the policy ${id} grants nothing that matters here`);
}

/** An attachment: a policy, and to whom. */
interface Attachment {
  readonly source: Source;
  readonly policy: Value;
  readonly principals: readonly Value[];
  readonly as: keyof typeof PRINCIPALS;
}

const attachments = oncePer((names: Names): readonly Attachment[] =>
  ATTACHMENTS.flatMap((type) => names.terraform.ofType(type)).flatMap((resource) => {
    const source = new Source(resource, names);
    const policy = known(source.ref('policy_arn'), source, 'policy_arn');
    return (['Roles', 'Users', 'Groups'] as const).flatMap((as): Attachment[] => {
      const [single, several, type] = PRINCIPALS[as];
      const listed = source.refs(several, type);
      const all = [...(listed instanceof Unknown ? [listed] : (listed ?? [])), source.ref(single, type) ?? []].flat();
      // One that may not be there may be anybody’s.
      const principals = resource.exists === true ? all : all.map(() => doubt(source));
      return principals.length > 0 ? [{ source, policy, principals, as }] : [];
    });
  }),
);

function doubt({ id }: Source): Unknown {
  return Unknown.of(`attached(${id})`, `${id} grants nothing that matters here`);
}

const byPolicy = oncePer((names: Names) => {
  const found = new Map<string, Attachment[]>();
  for (const one of attachments(names)) {
    if (one.policy instanceof Reference) found.set(one.policy.id, [...(found.get(one.policy.id) ?? []), one]);
  }
  return found;
});

const byPrincipal = oncePer((names: Names) => {
  const found = new Map<string, Value[]>();
  for (const { policy, principals } of attachments(names)) {
    if (isHeld(policy, names)) continue;
    for (const principal of principals)
      if (principal instanceof Reference) found.set(principal.id, [...(found.get(principal.id) ?? []), policy]);
  }
  return found;
});

function isHeld(policy: Value, { terraform }: Names): policy is Reference {
  return policy instanceof Reference && terraform.find(policy.id)?.type === POLICY;
}

function attachedTo({ id, names }: Source): Readonly<Record<string, readonly Value[]>> {
  const all = byPolicy(names).get(id) ?? [];
  return Object.fromEntries(
    Object.keys(PRINCIPALS).map((as) => [as, all.filter((one) => one.as === as).flatMap((one) => one.principals)]),
  );
}

/** Policies that the documents don’t hold, by name. */
function managed(source: Source): readonly Value[] {
  const written = source.refs('managed_policy_arns');
  return [
    ...(written instanceof Unknown ? [written] : (written ?? [])),
    ...(byPrincipal(source.names).get(source.id) ?? []),
  ];
}

/** What a policy that isn’t held grants to somebody who isn’t either: nobody knows. */
function strange(source: Source): readonly Emitted[] {
  const { id, names } = source;
  return attachments(names).flatMap(({ source: own, policy, principals, as }) => {
    if (own.id !== id || isHeld(policy, names)) return [];
    const others = principals.filter((one) => !(one instanceof Reference && names.terraform.find(one.id)));
    if (others.length === 0) return [];
    return [one(source, `${IAM}::ManagedPolicy`, { PolicyDocument: unreadPolicy(source), [as]: others })];
  });
}
