import fc from 'fast-check';
import { prove } from '../../lib/proof';
import { answersAnything } from './plant';
import { referenceStack } from './reference-stack';
import { closedCell, internetGateway, nat, type Resources } from './templates';

/** More with `PROOF_FUZZ`. */
const RUNS = Number(process.env.PROOF_FUZZ ?? 150);
const seeds: Resources[] = [referenceStack(), { ...closedCell(), ...nat() }, { ...closedCell(), ...internetGateway() }];

/** Any JSON, with the functions and keys of templates strewn in. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), tie('function'), fc.array(tie('value'), { maxLength: 3 })),
  function: fc.oneof(
    fc.record({ Ref: fc.oneof(fc.string(), fc.constantFrom('Vpc', 'Group', 'AWS::NoValue', '__proto__')) }),
    fc.record({
      'Fn::GetAtt': fc.oneof(fc.constantFrom('Vpc.CidrBlock', 'a.b.c'), fc.array(fc.jsonValue(), { maxLength: 3 })),
    }),
    ...['Fn::Sub', 'Fn::Join', 'Fn::Select', 'Fn::Split', 'Fn::If', 'Fn::FindInMap', 'Fn::ImportValue', 'Fn::Nope'].map(
      (name) => fc.record({ [name]: tie('value') }),
    ),
  ),
})).value;

test('answers any JSON without throwing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (document) => {
      expect(prove([{ name: 'any', document }]).verdict).not.toBe('closed');
    }),
    { numRuns: RUNS },
  );
});

test('answers a sound template with anything put anywhere in it', () =>
  answersAnything(
    seeds.map((Resources) => ({ Resources })),
    anything,
    RUNS,
  ));

test('ends on templates that refer to themselves', () => {
  const circular = {
    Resources: closedCell(),
    Conditions: { A: { Condition: 'B' }, B: { Condition: 'A' } },
    Outputs: { O: { Value: { 'Fn::ImportValue': 'self' }, Export: { Name: 'self' } } },
  };
  const resources = {
    ...closedCell(),
    Extra: { Type: 'AWS::EC2::EIP', Condition: 'A', Properties: { X: { 'Fn::ImportValue': 'self' } } },
  };
  expect(prove([{ name: 'circular', document: { ...circular, Resources: resources } }]).problems).toEqual([]);
});

test('refuses a document too deep to follow', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 5000; level++) deep = [deep];
  expect(
    prove([{ name: 'deep', document: { Resources: { A: { Type: 'AWS::S3::Bucket', Properties: { X: deep } } } } }])
      .problems,
  ).toMatchObject([{ code: 'too-deep', message: expect.stringMatching(/expected at most \d+ levels/) }]);
});

test('ends on texts that double at each step', () => {
  const steps = Array.from({ length: 60 }, (_, step) => [
    `O${step}`,
    {
      Value:
        step === 0
          ? 'x'
          : { 'Fn::Join': ['', [{ 'Fn::ImportValue': `e${step - 1}` }, { 'Fn::ImportValue': `e${step - 1}` }]] },
      Export: { Name: `e${step}` },
    },
  ]);
  const resources = {
    ...closedCell(),
    Extra: { Type: 'AWS::EC2::EIP', Properties: { X: { 'Fn::ImportValue': 'e59' } } },
  };
  const document = { Resources: resources, Outputs: Object.fromEntries(steps) };
  expect(prove([{ name: 'doubling', document }]).problems).toEqual([]);
});
