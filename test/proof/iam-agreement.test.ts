import { anonymousPrincipal, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { closedCell, finding, group, judged, propertiesOf } from './templates';

/*
 * An IAM evaluation that isn't ours says what an endpoint's policy admits. The simulator is AGPL-3.0: it is a tool of these
 * tests, never part of the package, and runs without a network.
 */

/** More, and others each time, with `PROOF_IAM`. */
const RUNS = Number(process.env.PROOF_IAM ?? 200);
const SEED = process.env.PROOF_IAM ? {} : { seed: 20261124 };
const OURS = '111122223333';
const THEIRS = '999988887777';
/** Another stranger's: within one account a key needs no word of the resource's policy. */
const CALLER = '888877776666';

type Context = Record<string, string>;
type Statement = object & { readonly Principal?: object | string; readonly Condition?: object };
const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const list = <T>(one: fc.Arbitrary<T>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 2 }));

const keyed = fc
  .tuple(
    some('', '', 'ForAllValues:', 'ForAnyValue:'),
    some('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'),
    some('', 'IfExists'),
    fc.oneof(
      fc.tuple(some('aws:PrincipalAccount', 'aws:ResourceAccount'), list(some(OURS, OURS, '1111*', '*'))),
      fc.tuple(some('aws:PrincipalOrgID', 'aws:ResourceOrgID'), list(some('o-ours', 'o-ours', 'o-*'))),
    ),
  )
  .map(([quantifier, base, ifExists, [key, values]]) => ({ [quantifier + base + ifExists]: { [key]: values } }));
const arns = fc
  .tuple(
    some('', 'ForAllValues:', 'ForAnyValue:'),
    some('ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike', 'StringLike', 'StringNotLike'),
    some('', 'IfExists'),
    list(some(`arn:aws:iam::${OURS}:*`, `arn:aws:iam::${OURS}:role/x`, 'arn:aws:iam::*:user/*', 'arn:*:iam::*:*')),
  )
  .map(([quantifier, base, ifExists, values]) => ({ [quantifier + base + ifExists]: { 'aws:PrincipalArn': values } }));
const absent = fc
  .tuple(
    some('aws:PrincipalAccount', 'aws:PrincipalOrgID', 'aws:ResourceOrgID', 'aws:PrincipalArn'),
    some('true', 'false'),
  )
  .map(([key, value]) => ({ Null: { [key]: value } }));
const service = fc
  .tuple(some('Bool', 'BoolIfExists'), some('true', 'false'))
  .map(([operator, value]) => ({ [operator]: { 'aws:PrincipalIsAWSService': value } }));
const conditions = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: keyed },
      { weight: 1, arbitrary: service },
      { weight: 2, arbitrary: arns },
      { weight: 1, arbitrary: absent },
    ),
    { maxLength: 2 },
  )
  .map((several) => Object.assign({}, ...several) as object);

const actions = list(some('*', 's3:*', 's3:Get*', 's3:PutObject', 's3:?etObject', 'sqs:*', 'sqs:Send*'));
const resources = list(
  some('*', '*', 'arn:aws:s3:::*', 'arn:aws:s3:::reports-*', `arn:aws:sqs:*:${OURS}:*`, 'arn:aws:sqs:*:*:q'),
);
const principal = some<object | string>('*', '*', { AWS: '*' }, { AWS: OURS }, { AWS: `arn:aws:iam::${OURS}:root` });
const statement = fc
  .record({
    Effect: some('Allow', 'Allow', 'Deny'),
    who: principal,
    what: actions,
    allBut: some(false, false, false, true),
    whoBut: some(false, false, false, true),
    whereBut: some(false, false, false, true),
    where: resources,
    Condition: conditions,
  })
  .map(({ Effect, who, what, where, allBut, whoBut, whereBut, Condition }) => ({
    Effect,
    ...(whoBut && typeof who === 'object' ? { NotPrincipal: who } : { Principal: who }),
    ...(allBut ? { NotAction: what } : { Action: what }),
    ...(whereBut ? { NotResource: where } : { Resource: where }),
    ...(Object.keys(Condition).length > 0 && { Condition }),
  }));
/** Often everything allowed first, so that what follows is what closes it. */
const ALL = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
const ANYTHING = { Effect: 'Allow', Action: '*', Resource: '*' };
const REFUSE = { ...ALL, Effect: 'Deny' };
const policies = fc.oneof(
  fc.array(statement, { minLength: 1, maxLength: 3 }),
  conditions.map((Condition): Statement[] => [ALL, { ...REFUSE, Condition }]),
  fc.tuple(conditions, conditions).map(([a, b]): Statement[] => [
    { ...ALL, Condition: a },
    { ...REFUSE, Condition: b },
  ]),
);

const ATTEMPTS = [
  ['s3:GetObject', 'arn:aws:s3:::reports-theirs/x'],
  ['s3:PutObject', 'arn:aws:s3:::theirs/x'],
  ['s3:ListBucket', 'arn:aws:s3:::theirs'],
  ['sqs:SendMessage', `arn:aws:sqs:eu-west-1:${THEIRS}:q`],
] as const;
const USER = `arn:aws:iam::${CALLER}:user/x`;
const SIGNED = { 'aws:PrincipalAccount': CALLER, 'aws:PrincipalArn': USER, 'aws:PrincipalIsAWSService': 'false' };
const THERE = { 'aws:ResourceAccount': THEIRS };
const IN_ORG = { 'aws:ResourceOrgID': 'o-theirs' };
const CALLERS: readonly [Simulation['request']['principal'], Context][] = [
  [USER, { ...SIGNED, ...THERE, ...IN_ORG, 'aws:PrincipalOrgID': 'o-theirs' }],
  [USER, { ...SIGNED, ...THERE }],
  [anonymousPrincipal, { ...THERE, ...IN_ORG }],
  [anonymousPrincipal, THERE],
];

/**
 * The first foreign request that the simulator lets through an endpoint with these statements. It reads no principal but `*` in an
 * endpoint's policy, so that statements with others stand in the resource's, where they mean the same.
 */
async function admitted(statements: readonly Statement[], callers = CALLERS): Promise<string | undefined> {
  const policy = (...written: readonly object[]) => ({ Version: '2012-10-17', Statement: written });
  const atEndpoint = statements.every(({ Principal }) => Principal === '*');
  for (const [principal, contextVariables] of callers)
    for (const [action, resource] of ATTEMPTS) {
      const result = await runSimulation(
        {
          request: { principal, action, resource: { resource, accountId: THEIRS }, contextVariables },
          identityPolicies: principal === anonymousPrincipal ? [] : [{ name: 'all', policy: policy(ANYTHING) }],
          serviceControlPolicies: [],
          resourceControlPolicies: [],
          resourcePolicy: policy(...(atEndpoint ? [ALL] : statements)),
          vpcEndpointPolicies: [{ name: 'endpoint', policy: policy(...(atEndpoint ? statements : [ALL])) }],
        },
        {},
      );
      if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
      if (result.overallResult === 'Allowed') return `${action} ${resource} ${JSON.stringify(principal)}`;
    }
  return undefined;
}

/** What the proof says of an S3 endpoint with these statements. */
function verdict(statements: readonly Statement[]): string {
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  const report = judged({
    ...closedCell(),
    Group: group([{ CidrIp: '0.0.0.0/0', ...https }]),
    Endpoints: group([], [{ SourceSecurityGroupId: { Ref: 'Group' }, ...https }]),
    Endpoint: {
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: {
        VpcId: { Ref: 'Vpc' },
        ServiceName: 'com.amazonaws.eu-west-1.s3',
        VpcEndpointType: 'Interface',
        SubnetIds: [{ Ref: 'Subnet' }],
        SecurityGroupIds: [{ Ref: 'Endpoints' }],
        PolicyDocument: { Statement: statements },
      },
    },
  });
  return finding(report, 'cloud-api', 'Endpoint').verdict;
}

test('never says that an endpoint is closed through which the simulator lets a foreign request', async () => {
  const count: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(policies, async (statements) => {
      const said = verdict(statements);
      const through = await admitted(statements);
      const kind = `${said}, ${through ? 'admitted' : 'refused'}`;
      count[kind] = (count[kind] ?? 0) + 1;
      if (said === 'closed') expect(through).toBeUndefined();
    }),
    { numRuns: RUNS, ...SEED },
  );
  if (process.env.PROOF_IAM) process.stdout.write(`${JSON.stringify(count)}\n`);
  expect(count['closed, refused']).toBeGreaterThan(RUNS / 20);
  expect(count['open, admitted']).toBeGreaterThan(RUNS / 20);
}, 600_000);

test.each([
  ['Bool', 'open', true],
  ['BoolIfExists', 'closed', false],
])(
  'agrees on what a refusal by %s aws:PrincipalIsAWSService does to an anonymous request',
  async (by, said, passes) => {
    const refused = [ALL, { ...REFUSE, Condition: { [by]: { 'aws:PrincipalIsAWSService': 'false' } } }];
    expect(verdict(refused)).toBe(said);
    expect((await admitted(refused, CALLERS.slice(2))) !== undefined).toBe(passes);
    expect(await admitted(refused, CALLERS.slice(0, 2))).toBeUndefined();
  },
);

/** What a role may do by these statements, of what is worth trying: the simulator's word. */
async function allowed(statements: readonly object[]): Promise<string | undefined> {
  const policy = { Version: '2012-10-17', Statement: statements };
  for (const [action, resource] of ATTEMPTS)
    for (const contextVariables of [{}, { 'aws:SecureTransport': 'true' }] as Context[]) {
      const role = `arn:aws:iam::${OURS}:role/agent`;
      const result = await runSimulation(
        {
          request: { principal: role, action, resource: { resource, accountId: OURS }, contextVariables },
          identityPolicies: [{ name: 'own', policy }],
          serviceControlPolicies: [],
          resourceControlPolicies: [],
        },
        {},
      );
      if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
      if (result.overallResult === 'Allowed') return `${action} ${resource}`;
    }
  return undefined;
}

const granting = fc
  .record({
    Effect: some('Allow', 'Deny'),
    what: actions,
    where: resources,
    allBut: some(false, false, false, true),
    whereBut: some(false, false, false, true),
    Condition: some<object | undefined>(undefined, undefined, { Bool: { 'aws:SecureTransport': 'true' } }),
  })
  .map(({ Effect, what, where, allBut, whereBut, Condition }) => ({
    Effect,
    ...(allBut ? { NotAction: what } : { Action: what }),
    ...(whereBut ? { NotResource: where } : { Resource: where }),
    ...(Condition && { Condition }),
  }));

test('never says that all of a role is refused of which the simulator lets something through', async () => {
  const count: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(granting, { minLength: 1, maxLength: 4 }), async (statements) => {
      const cell = closedCell();
      cell.Role = {
        Type: 'AWS::IAM::Role',
        Properties: { Policies: [{ PolicyDocument: { Statement: statements } }] },
      };
      propertiesOf(cell, 'Task').TaskRoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
      const said = finding(judged(cell), 'role', 'task role').verdict;
      const through = await allowed(statements);
      const kind = `${said}, ${through ? 'allowed' : 'refused'}`;
      count[kind] = (count[kind] ?? 0) + 1;
      expect(said).not.toBe('closed');
      if (said !== 'open') expect(through).toBeUndefined();
    }),
    { numRuns: RUNS, ...SEED },
  );
  if (process.env.PROOF_IAM) process.stdout.write(`${JSON.stringify(count)}\n`);
  expect(count['unproven, refused']).toBeGreaterThan(RUNS / 20);
  expect(count['open, allowed']).toBeGreaterThan(RUNS / 20);
}, 600_000);
