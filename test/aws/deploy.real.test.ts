import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DescribeSecurityGroupsCommand, DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { GetResourcePolicyCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Deployed, STACK } from './emulator/deployed';
import { ACCOUNT, EmulatedAccount, REGION, reasonToSkip } from './emulator/emulator';
import { added, type Inventory, PARTS, STORES, takeInventory } from './emulator/inventory';
import { asList, asObject, type Json } from './stack';

if (reasonToSkip !== undefined) process.stderr.write(`deploy suite skipped: ${reasonToSkip}\n`);
const suite = reasonToSkip === undefined ? describe : describe.skip;

suite('the reference stack, deployed by the real command line to an emulated account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-deploy-'));
  let account: EmulatedAccount;
  let ec2: EC2Client;
  let ecs: ECSClient;
  let secrets: SecretsManagerClient;
  let deployed: Deployed;
  let bootstrapped: Inventory;

  beforeAll(async () => {
    account = await EmulatedAccount.start();
    ec2 = new EC2Client(account.client);
    ecs = new ECSClient(account.client);
    secrets = new SecretsManagerClient(account.client);
    await account.cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`);
    bootstrapped = await takeInventory(account);
    deployed = await deploy('first');
  }, 300_000);

  afterAll(() => {
    account.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function deploy(name: string, ...words: readonly string[]): Promise<Deployed> {
    const out = join(folder, name);
    await account.cdk('deploy', '--require-approval', 'never', '--output', out, ...words);
    return Deployed.read(account, out);
  }

  test('every group has exactly the ways out and in that were synthesized', async () => {
    const groups = deployed.all('AWS::EC2::SecurityGroup');
    expect(groups.length).toBeGreaterThan(3);
    for (const { id, properties } of groups) {
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [id] }));
      const [found] = SecurityGroups;
      const separate = (kind: string): Json[] =>
        deployed
          .all(`AWS::EC2::SecurityGroup${kind}`)
          .flatMap(({ properties: rule }) => (rule.GroupId === id ? [{ ...rule }] : []));
      expect(waysRead(found?.IpPermissionsEgress)).toEqual(
        waysWanted([...asList(properties.SecurityGroupEgress ?? []), ...separate('Egress')]),
      );
      expect(waysRead(found?.IpPermissions)).toEqual(
        waysWanted([...asList(properties.SecurityGroupIngress ?? []), ...separate('Ingress')]),
      );
    }
  });

  test('the default group of both networks lets nothing in or out', async () => {
    const vpcs = deployed.all('AWS::EC2::VPC').map(({ id }) => id);
    const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
    const defaults = SecurityGroups.filter(
      ({ GroupName, VpcId = '' }) => GroupName === 'default' && vpcs.includes(VpcId),
    );
    expect(
      defaults.map(({ IpPermissions, IpPermissionsEgress }) => [IpPermissions ?? [], IpPermissionsEgress ?? []]),
    ).toEqual([
      [[], []],
      [[], []],
    ]);
  });

  test('every endpoint has the policy that was synthesized', async () => {
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    const withPolicy = deployed
      .all('AWS::EC2::VPCEndpoint')
      .filter(({ properties }) => properties.PolicyDocument !== undefined);
    expect(withPolicy.length).toBeGreaterThan(3);
    for (const { id, properties } of withPolicy) {
      const found = VpcEndpoints.find(({ VpcEndpointId }) => VpcEndpointId === id);
      expect(JSON.parse(found?.PolicyDocument ?? '{}')).toEqual(properties.PolicyDocument);
    }
  });

  test('every container of every task has the hardening that was synthesized, and the agent’s no role', async () => {
    const names: string[] = [];
    for (const { id, properties } of deployed.all('AWS::ECS::TaskDefinition')) {
      const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: id }));
      // The emulator says '' where AWS says nothing.
      expect(found?.taskRoleArn || undefined).toBe(properties.TaskRoleArn);
      for (const wanted of asList(properties.ContainerDefinitions).map(asObject)) {
        const one = found?.containerDefinitions?.find(({ name }) => name === wanted.Name);
        names.push(`${String(wanted.Name)}${properties.TaskRoleArn === undefined ? '' : ' with a role'}`);
        expect([one?.user, one?.readonlyRootFilesystem, one?.linuxParameters?.capabilities?.drop]).toEqual([
          wanted.User,
          true,
          ['ALL'],
        ]);
        expect([one?.command ?? [], one?.entryPoint ?? []]).toEqual([wanted.Command ?? [], wanted.EntryPoint ?? []]);
        expect(one?.secrets ?? []).toEqual([]);
      }
    }
    expect(names.sort()).toEqual(['agent', 'envoy with a role', 'keeper with a role', 'trust']);
  });

  test('every secret has the policy that was synthesized, and no value of ours', async () => {
    const policies = deployed.all('AWS::SecretsManager::ResourcePolicy');
    expect(policies.length).toBeGreaterThan(1);
    for (const { properties } of policies) {
      const found = await secrets.send(new GetResourcePolicyCommand({ SecretId: String(properties.SecretId) }));
      expect(JSON.parse(found.ResourcePolicy ?? '{}')).toEqual(properties.ResourcePolicy);
    }
  });

  test('a new policy gives the proxy new files in place: another revision, the same networks, groups and secrets', async () => {
    const policy = join(folder, 'policy.yaml');
    const text = readFileSync(join(__dirname, '../../examples/demo/policy.yaml'), 'utf8');
    writeFileSync(policy, text.replace('POST /v1/messages', 'POST /v1/messages/count_tokens'));
    const authorities = join(__dirname, '../../bin/authorities');
    const after = await deploy('second', '--context', `policy=${policy}`, '--context', `authorities=${authorities}`);
    const lasting = ['AWS::EC2::VPC', 'AWS::EC2::SecurityGroup', 'AWS::SecretsManager::Secret'];
    const ids = (of: Deployed): string[] => lasting.flatMap((type) => of.all(type).map(({ id }) => id));
    expect(ids(after)).toEqual(ids(deployed));
    const [before, now] = [await carried(deployed), await carried(after)];
    expect(now).not.toEqual(before);
    expect(now.files).toBe(variable(after, 'ANCHORHOLD_FILES'));
  }, 120_000);

  test('of every type in the template the account holds as many as were synthesized, or a thing they are part of', async () => {
    const there = added(bootstrapped, await takeInventory(account));
    const counts = Object.fromEntries(deployed.types.map((type) => [type, deployed.all(type).length]));
    const found = Object.keys(counts).map((type): [string, number] => {
      const held = there[STORES[type] ?? '']?.filter((id) => !/ (?:INACTIVE|STOPPED)$/.test(id)).length ?? 0;
      return [type, Object.hasOwn(PARTS, type) ? (counts[type] ?? 0) : Math.min(held, counts[type] ?? 0)];
    });
    expect(Object.fromEntries(found)).toEqual(counts);
    expect(deployed.types).toEqual(expect.arrayContaining([...Object.keys(STORES), ...Object.keys(PARTS)]));
  });

  test('destroying leaves the logs and, as AWS does, records of what is gone: nothing else in any store of the account', async () => {
    await account.cdk('destroy', '--force', '--output', join(folder, 'first'));
    const stacks = new CloudFormationClient(account.client).send(new DescribeStacksCommand({ StackName: STACK }));
    await expect(stacks).rejects.toThrow('does not exist');
    const asset = /^\('cdk-hnb659fds-assets-/;
    const log =
      /^\/aws\/cloudformation\/Anchorhold\/Agent(?:EgressFlowLogs|Log|NetworkFlowLogs|NetworkNamesQueryLog|ProxyTaskLog)[0-9A-F]{8}$/;
    const lambda = /^\/aws\/lambda\/Anchorhold-CustomVpcRestrictDefaultSG/;
    const matching = (expressions: readonly RegExp[]) =>
      expressions.map((one) => expect.stringMatching(one) as unknown as string);
    const { 'ecs.tasks': tasks = [], ...left } = added(bootstrapped, await takeInventory(account));
    expect(tasks.filter((id) => !id.endsWith(' STOPPED'))).toEqual([]);
    expect(left).toEqual({
      // CloudFormation's own record of the stack.
      'cloudformation.stacks': [STACK],
      // Kept for a year: what the agent did outlives it. The last is that of the library's own function.
      'cloudwatch_logs.log_groups': matching([log, log, log, log, log, lambda]),
      'ecs.services': matching([/Service[0-9A-F]{8} INACTIVE$/]),
      // Two of the agent and the proxy, and the revision of the changed policy.
      'ecs.task_defs': matching(Array.from({ length: 3 }, () => /:[12] INACTIVE$/)),
      // The bootstrap's bucket keeps every template and file that was deployed.
      's3.object_versions': matching([asset, asset, asset]),
    });
  }, 120_000);

  /** What the proxy's task definition carries in the account. */
  async function carried(of: Deployed): Promise<{ readonly revision: string; readonly files: string | undefined }> {
    for (const { id } of of.all('AWS::ECS::TaskDefinition')) {
      const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: id }));
      const keeper = found?.containerDefinitions?.find(({ name }) => name === 'keeper');
      const files = keeper?.environment?.find(({ name }) => name === 'ANCHORHOLD_FILES')?.value;
      if (keeper) return { revision: id, files };
    }
    throw new Error('no keeper was deployed');
  }
});

/** A variable of the keeper, as synthesized. */
function variable(of: Deployed, name: string): Json | undefined {
  const containers = of
    .all('AWS::ECS::TaskDefinition')
    .flatMap(({ properties }) => asList(properties.ContainerDefinitions).map(asObject));
  const keeper = containers.find((one) => one.Name === 'keeper');
  return asList(keeper?.Environment ?? [])
    .map(asObject)
    .find((one) => one.Name === name)?.Value;
}

interface Permission {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly IpRanges?: readonly { readonly CidrIp?: string | undefined }[] | undefined;
  readonly Ipv6Ranges?: readonly { readonly CidrIpv6?: string | undefined }[] | undefined;
  readonly PrefixListIds?: readonly { readonly PrefixListId?: string | undefined }[] | undefined;
  readonly UserIdGroupPairs?: readonly { readonly GroupId?: string | undefined }[] | undefined;
}

function waysRead(permissions: readonly Permission[] = []): string[] {
  return permissions
    .flatMap((one) =>
      [
        ...(one.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(one.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(one.PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
        ...(one.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
      ].map((target) => `${one.IpProtocol} ${one.FromPort} ${target}`),
    )
    .sort();
}

function waysWanted(rules: readonly Json[]): string[] {
  return rules
    .map(asObject)
    .map((rule) => {
      const target =
        rule.CidrIp ??
        rule.CidrIpv6 ??
        rule.DestinationPrefixListId ??
        rule.DestinationSecurityGroupId ??
        rule.SourceSecurityGroupId;
      return `${String(rule.IpProtocol)} ${String(rule.FromPort)} ${String(target)}`;
    })
    .sort();
}
