import { prove } from '../../lib/proof';
import { sealedCell } from './sealed-cell';
import { propertiesOf, type Resources } from './templates';

const GIVEN = 'arn:aws:iam::111122223333:role/proxy';
const KEY = { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/model-key' };

/** Verdicts of a claim about the agent by destination, of a closed cell that was changed. */
function verdicts(claim: string, change: (resources: Resources) => void): Readonly<Record<string, string>> {
  const resources = sealedCell();
  change(resources);
  const document = { Parameters: { Given: { Type: 'String' } }, Resources: resources };
  const { findings } = prove([{ name: 'template.json', document }]);
  return Object.fromEntries(
    findings
      .filter((one) => one.claim === claim && one.workload === 'Task')
      .map(({ destination, verdict }) => [destination, verdict]),
  );
}

const role = (Action: unknown, Resource: unknown): Resources[string] => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: { Statement: [] },
    Policies: [{ PolicyName: 'one', PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } }],
  },
});

test('what a proxy’s role reads that no template holds is unproven, not left out', () => {
  for (const held of [GIVEN, { Ref: 'Given' }, { 'Fn::ImportValue': 'role' }])
    expect(
      verdicts('secrets', (r) => {
        propertiesOf(r, 'Proxy').TaskRoleArn = held;
        delete r.SecretPolicy;
        r.Reader = role('secretsmanager:GetSecretValue', '*');
      }),
    ).toMatchObject({ 'the proxy’s secret Secret': 'unproven' });
});

describe('a parameter of the proxy', () => {
  const parameter = (change: (resources: Resources) => void = () => undefined) => {
    const found = verdicts('secrets', (r) => {
      r.ProxyReader = role('ssm:GetParameter', KEY);
      propertiesOf(r, 'Proxy').TaskRoleArn = { 'Fn::GetAtt': ['ProxyReader', 'Arn'] };
      change(r);
    });
    return Object.entries(found).find(([destination]) => destination.startsWith('the proxy’s parameter'))?.[1];
  };

  test('is closed where nobody else in the templates reads it', () => {
    expect(parameter()).toBe('closed');
    expect(parameter((r) => (r.Reader = role('ssm:GetParameter', 'arn:aws:ssm:r:1:parameter/another')))).toBe('closed');
    expect(parameter((r) => (r.Reader = role('ssm:PutParameter', '*')))).toBe('closed');
  });

  test.each<[string, unknown, unknown]>([
    ['every parameter', 'ssm:GetParameter', '*'],
    ['every action', 'ssm:*', '*'],
    ['a path', 'ssm:GetParametersByPath', 'arn:aws:ssm:r:1:parameter/*'],
    ['it by its name, in an account written out', 'ssm:GetParameters', 'arn:aws:ssm:eu-west-1:1:parameter/model-key'],
    ['it as it was', 'ssm:GetParameterHistory', KEY],
  ])('is open where another role may read %s', (_, action, resource) => {
    expect(parameter((r) => (r.Reader = role(action, resource)))).toBe('open');
  });

  test('is unproven where it isn’t known what another role may read', () => {
    expect(parameter((r) => (r.Reader = role('ssm:GetParameter', { Ref: 'Given' })))).toBe('unproven');
    expect(
      parameter((r) => {
        r.Reader = {
          Type: 'AWS::IAM::Role',
          Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess'] },
        };
      }),
    ).toBe('unproven');
  });

  test('is open where the agent has the proxy’s role', () => {
    expect(parameter((r) => (propertiesOf(r, 'Task').TaskRoleArn = { 'Fn::GetAtt': ['ProxyReader', 'Arn'] }))).toBe(
      'open',
    );
  });
});

describe('a file system of the proxy', () => {
  const efs = (FilesystemId: unknown) => [{ Name: 'files', EFSVolumeConfiguration: { FilesystemId } }];
  const log = (own: unknown, theirs: unknown) =>
    verdicts('audit', (r) => {
      propertiesOf(r, 'Task').Volumes = own;
      propertiesOf(r, 'Proxy').Volumes = theirs;
    })['the log of Proxy'];

  test('is shared by the same id, and not by another', () => {
    expect(log(efs('fs-1'), efs('fs-1'))).toBe('open');
    expect(log(efs('fs-1'), efs('fs-2'))).toBe('closed');
    expect(log([{ Name: 'memory' }], efs('fs-2'))).toBe('closed');
  });

  test.each([
    ['its id', efs({ Ref: 'Given' }), efs('fs-1')],
    ['the proxy’s id', efs('fs-1'), efs({ Ref: 'Given' })],
    ['its volumes', { Ref: 'Given' }, efs('fs-1')],
    ['what a volume is', [{ Ref: 'Given' }], efs('fs-1')],
    ['how a volume is configured', [{ Name: 'files', EFSVolumeConfiguration: { Ref: 'Given' } }], efs('fs-1')],
  ])('may be shared where %s isn’t known', (_, own, theirs) => {
    expect(log(own, theirs)).toBe('unproven');
  });
});
