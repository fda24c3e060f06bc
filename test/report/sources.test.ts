import fc from 'fast-check';
import { jsonPositions } from '../../lib/report/json-positions';
import { Sources } from '../../lib/report/sources';
import { yamlPositions } from '../../lib/report/yaml-positions';

const YAML = `Resources:
  Vpc:
    Type: AWS::EC2::VPC
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      SecurityGroupEgress:
        - { CidrIp: 10.0.0.0/8, IpProtocol: tcp }
        - CidrIp: 0.0.0.0/0
          IpProtocol: "-1"
`;

test('a property of a YAML template is found by its line, as far as the hop names it', () => {
  const sources = new Sources([{ name: 'a.yaml', uri: 'a.yaml', text: YAML }]);
  expect(sources.find('Group')).toEqual({ uri: 'a.yaml', line: 4, column: 3 });
  expect(sources.find('Group', 'SecurityGroupEgress[1] (every protocol)')).toEqual({
    uri: 'a.yaml',
    line: 10,
    column: 11,
  });
  expect(sources.find('Group', 'VpcId.Nothing')).toMatchObject({ line: 7 });
  expect(sources.find('Group', 'no PolicyDocument')).toMatchObject({ line: 4 });
  expect(sources.find('the internet (IPv4)')).toBeUndefined();
});

test('with several templates, an id is looked for in the one that stands before it', () => {
  const text = JSON.stringify({ Resources: { Vpc: {} } }, null, 1);
  const sources = new Sources([
    { name: 'a.json', uri: 'cdk.out/a.json', text: '{"Resources":{}}' },
    { name: 'b.json', uri: 'cdk.out/b.json', text },
  ]);
  expect(sources.find('b.json/Vpc')).toEqual({ uri: 'cdk.out/b.json', line: 3, column: 3 });
  expect(sources.find('a.json/Vpc')).toBeUndefined();
  expect(sources.find('Vpc')).toBeUndefined();
});

test('a resource of a Terraform configuration is found by its type and name', () => {
  const text = JSON.stringify({ resource: { google_compute_firewall: { open: { name: 'open' } } } }, null, 1);
  expect(new Sources([{ name: 'cdk.tf.json', uri: 'cdk.tf.json', text }]).find('google_compute_firewall.open')).toEqual(
    { uri: 'cdk.tf.json', line: 4, column: 4 },
  );
});

test('positions in JSON are those that the YAML reader finds, for every path of any document', () => {
  const documents = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(documents, fc.constantFrom(0, 1, 2), (value, spaces) => {
      // The YAML reader takes no key that is empty where a line ends, so each has a letter.
      const text = JSON.stringify({ root: value }, (_key, inside: unknown) => lettered(inside), spaces);
      const [json, yaml] = [jsonPositions(text), yamlPositions(text)];
      for (const path of pathsOf(JSON.parse(text))) expect([path, json(path)]).toEqual([path, yaml(path)]);
    }),
    { numRuns: 150 },
  );
}, 60_000);

function lettered(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [key.startsWith('k') || key === 'root' ? key : `k${key}`, inside]),
  );
}

function pathsOf(value: unknown, before: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => [[...before, key], ...pathsOf(inside, [...before, key])]);
}
