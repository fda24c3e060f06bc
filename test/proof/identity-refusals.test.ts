import { closedCell, finding, judged, propertiesOf, type Resources } from './templates';

const att = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });
const ALLOW = { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::files/*' };
const DENY = { Effect: 'Deny', Action: 's3:*', Resource: '*' };

/** An agent with a role of these statements, and more around it. */
function withRole(statements: readonly object[], more: object = {}, beside: Resources = {}): Resources {
  const resources: Resources = {
    ...closedCell(),
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { Policies: [{ PolicyName: 'own', PolicyDocument: { Statement: statements } }], ...more },
    },
    ...beside,
  };
  propertiesOf(resources, 'Task').TaskRoleArn = att('Role', 'Arn');
  return resources;
}

const verdict = (resources: Resources, options = {}, sections = {}) =>
  finding(judged(resources, options, sections), 'role', 'task role').verdict;

function policy(statement: object, more: object = {}): Resources {
  const PolicyDocument = { Statement: [statement] };
  return { Beside: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument, Roles: [{ Ref: 'Role' }] }, ...more } };
}

test('what a role is allowed and nothing refuses is open', () => {
  expect(verdict(withRole([ALLOW]))).toBe('open');
});

test.each([
  ['by the same document', [ALLOW, DENY], {}],
  ['by a policy beside', [ALLOW], policy(DENY)],
])(
  'a role of which all is refused outright, %s, is an identity still: unproven, never closed',
  (_how, statements, beside) => {
    const found = finding(judged(withRole(statements, {}, beside)), 'role', 'task role');
    expect(found).toMatchObject({ verdict: 'unproven', missing: [{ id: 'admitted(Role)' }] });
  },
);

test.each<[string, readonly object[], object, Resources]>([
  ['under a condition', [ALLOW, { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }], {}, {}],
  ['of one action only', [ALLOW, { ...DENY, Action: 's3:PutObject' }], {}, {}],
  ['of one bucket only', [ALLOW, { ...DENY, Resource: 'arn:aws:s3:::files/secret' }], {}, {}],
  ['of everything but some actions', [ALLOW, { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }], {}, {}],
  ['of everything but some resources', [ALLOW, { ...DENY, Resource: undefined, NotResource: 'x' }], {}, {}],
  ['in a policy that may not be there', [ALLOW], {}, policy(DENY, { Condition: 'Maybe' })],
  ['by a boundary, which the proof doesn’t count', [ALLOW], { PermissionsBoundary: 'arn:aws:iam::1:policy/b' }, {}],
])('a refusal %s leaves it open', (_how, statements, more, beside) => {
  const sections = {
    Parameters: { Value: { Type: 'String' } },
    Conditions: { Maybe: { 'Fn::Equals': [{ Ref: 'Value' }, 'yes'] } },
  };
  expect(verdict(withRole(statements, more, beside), {}, sections)).toBe('open');
});

test('a refusal that can’t be read refuses nothing, and is a fact that is missing', () => {
  const found = verdict(withRole([ALLOW], {}, policy({ ...DENY, Action: { Ref: 'Unknown' } })));
  expect(found).toBe('open');
});
