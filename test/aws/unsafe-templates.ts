/** A group open to every address, and a property that does not exist: what a scanner must see wherever it looks. */
export const UNSAFE = {
  AWSTemplateFormatVersion: '2010-09-09',
  Resources: {
    Open: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: {
        GroupDescription: 'open',
        SecurityGroupIngress: [{ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }],
        SecurityGroupEgres: [],
      },
    },
  },
};

/** One fault for each rule of docs/agent.guard: a type, a path in its properties, and what is put there. */
const FAULTS: Readonly<Record<string, readonly [type: string, path: readonly (string | number)[], value: unknown]>> = {
  group_states_its_egress: ['AWS::EC2::SecurityGroup', ['SecurityGroupEgress'], undefined],
  container_is_confined: ['AWS::ECS::TaskDefinition', ['ContainerDefinitions', 0, 'ReadonlyRootFilesystem'], false],
  service_is_closed: ['AWS::ECS::Service', ['EnableExecuteCommand'], true],
  endpoint_has_policy: ['AWS::EC2::VPCEndpoint', ['PolicyDocument'], undefined],
  subnet_gives_no_address: ['AWS::EC2::Subnet', ['MapPublicIpOnLaunch'], true],
  secret_is_made_empty: ['AWS::SecretsManager::Secret', ['SecretString'], 'planted'],
};

/** The template with the fault that `rule` is there to see. */
export function breaking(template: object, rule: string): object {
  const fault = FAULTS[rule];
  if (!fault) throw new Error(`no fault is known for the rule ${rule}`);
  const [type, path, value] = fault;
  const copy = structuredClone(template) as { Resources: Record<string, { Type: string; Properties: unknown }> };
  const found = Object.values(copy.Resources).find(
    ({ Type, Properties }) => Type === type && reaches(Properties, path),
  );
  if (!found) throw new Error(`no ${type} with ${path.join('.')}`);
  const holder = path.slice(0, -1).reduce<unknown>(child, found.Properties);
  // Both are records or lists by the walk above.
  (holder as Record<string | number, unknown>)[path.at(-1) ?? ''] = value;
  return copy;
}

/** Something stands there already, or the path is one property that may be absent. */
const reaches = (properties: unknown, path: readonly (string | number)[]) =>
  path.at(-1) === 'SecretString' || path.reduce<unknown>(child, properties) !== undefined;

const child = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
