import type { MachineKind, MachineReading, MachineRole, StartCall } from './aws-machines';
import type { Candidate } from './claim';
import { property } from './evaluate';
import { several } from './policy-document';
import type { Resource, Templates } from './templates';
import { isList, keyOf, Reference, shown, type Truth, Unknown, unknownIn, type Value, type ValueObject } from './value';

const NO_INGRESS = /:aws:network-connector:aws-network-connector:NO_INGRESS$/;
/** What the build of an image needs: its code, its base, its log. */
const BUILDING =
  /^(?:s3:getobject|s3:getobjectversion|logs:create(?:loggroup|logstream)|logs:putlogevents|ecr:getauthorizationtoken|ecr:batchgetimage|ecr:getdownloadurlforlayer|ecr:batchchecklayeravailability)$/;

/** MicroVMs of an image. */
export const readMicrovms: MachineKind = {
  call: /:aws-sdk:lambdamicrovms:runMicrovm(?:\.|$)/,
  started: (parameters) => property(parameters, 'ImageIdentifier'),
  harmless: /^(?:ClientToken|RunHookPayload)$/,
  read: (image, calls, templates): MachineReading => {
    const ways = calls.map((call) => egressOf(call, templates));
    return {
      containers: [containerOf(image)],
      unreadContainers: unreadVariables(image),
      networks: ways.map(({ network }) => network),
      doubts: calls.flatMap((call) => versionDoubts(image, call)),
      internet: ways.flatMap(({ internet }) => internet),
      names: calls.map((call) => namesDoubt(image, call)),
      inbound: calls.flatMap(ingressWays),
      roles: [executionRole(calls), buildRole(image)],
      around: [...new Set(ways.flatMap(({ connectors }) => connectors))],
    };
  },
};

/** Its variables and log in the words that tasks have for theirs. */
function containerOf({ properties }: Resource): ValueObject {
  const variables = several(property(properties, 'EnvironmentVariables')).map((one) => ({
    Name: property(one, 'Key') ?? null,
    Value: property(one, 'Value') ?? null,
  }));
  const group = property(properties, 'Logging', 'CloudWatch', 'LogGroup');
  if (group === undefined) return { Environment: variables };
  const LogConfiguration = { LogDriver: 'awslogs', Options: { 'awslogs-group': group } };
  return { Environment: variables, LogConfiguration };
}

function unreadVariables({ properties }: Resource): Unknown | undefined {
  const listed = property(properties, 'EnvironmentVariables');
  return (
    unknownIn(listed) ??
    several(listed)
      .map(unknownIn)
      .find((one) => one !== undefined)
  );
}

interface Egress {
  readonly network: Value | undefined;
  readonly internet: readonly Candidate[];
  readonly connectors: readonly string[];
}

/** Where a run's packets come out: in the networks of the connectors that it names; where it names none, on the internet. */
function egressOf({ resource, name, parameters }: StartCall, templates: Templates): Egress {
  const listed = property(parameters, 'EgressNetworkConnectors');
  const named = isList(listed) ? listed : [];
  const connectors = named.map((one) => templates.referred(one));
  const foreign = named.filter((_, index) => connectors[index]?.type !== 'AWS::Lambda::NetworkConnector');
  const way = (truth: Truth, reason: string): Candidate => ({
    truth,
    path: [{ id: resource.id, by: `state ${name} EgressNetworkConnectors` }],
    reason,
    change: `name a connector of the agents’ network in ${resource.id}`,
  });
  if (named.length === 0) {
    const truth = unknownIn(listed) ?? true;
    return {
      network: undefined,
      internet: [way(truth, 'a run that names no connector has the internet')],
      connectors: [],
    };
  }
  const internet = foreign.map((one) => {
    const managed = /:INTERNET_EGRESS$/.test(keyOf(one) ?? '');
    const doubt = Unknown.of(`connector(${shown(one)})`, `the connector ${shown(one)} leads to no more than the proxy`);
    return way(managed || (unknownIn(one) ?? doubt), `the connector ${shown(one)} isn’t in the templates`);
  });
  const ids = connectors.flatMap((one) => one?.id ?? []);
  if (foreign.length > 0) return { network: undefined, internet, connectors: ids };
  return { network: networkOf(connectors), internet, connectors: ids };
}

function networkOf(connectors: readonly (Resource | undefined)[]): Value {
  const ways = connectors.map((one) => property(one?.properties, 'Configuration', 'VpcEgressConfiguration'));
  const all = (name: string) => {
    const lists = ways.map((way) => property(way, name));
    const unread = lists.find((list) => !isList(list));
    return lists.every(isList) ? lists.flat() : (unread ?? Unknown.of(`connector(${name})`, `${name} is written out`));
  };
  const elastic = ways.some((way) => property(way, 'ElasticIpConfiguration') !== undefined);
  return {
    Subnets: all('SubnetIds'),
    SecurityGroups: all('SecurityGroupIds'),
    AssignPublicIp: elastic ? 'ENABLED' : 'DISABLED',
  };
}

/** Groups and firewalls of names hold for a MicroVM only if it asks the resolver of its connector's network. */
function namesDoubt({ id }: Resource, { resource, name }: StartCall): Candidate {
  const says = `MicroVMs of ${id} ask the resolver of their connector’s network for names, and no other`;
  return {
    truth: Unknown.of(`microvm-names(${id})`, says),
    path: [{ id: resource.id, by: `state ${name}` }],
    reason: 'which resolver a MicroVM asks isn’t in the templates',
    change: '',
  };
}

/** A run that names no connector for ingress gets a public address that answers to a token. */
function ingressWays({ resource, name, parameters }: StartCall): Candidate[] {
  const listed = property(parameters, 'IngressNetworkConnectors');
  const named = isList(listed) ? listed : [];
  const way = (truth: Truth, reason: string): Candidate => ({
    truth,
    path: [{ id: resource.id, by: `state ${name} IngressNetworkConnectors` }],
    reason,
    change: `name NO_INGRESS alone in ${resource.id}`,
  });
  if (named.length === 0)
    return [way(unknownIn(listed) ?? true, 'a run that names no ingress connector has a public address')];
  return named
    .filter((one) => !NO_INGRESS.test(keyOf(one) ?? ''))
    .map((one) => way(unknownIn(one) ?? true, `the connector ${shown(one)} lets connections in`));
}

/** Only the version that CloudFormation made last is what the template says. */
function versionDoubts({ id }: Resource, call: StartCall): MachineReading['doubts'] {
  const version = property(call.parameters, 'ImageVersion');
  if (version instanceof Reference && version.id === id && version.attribute === 'LatestActiveImageVersion') return [];
  const says = `the version of ${id} that ${call.resource.id} starts is what the template says`;
  return [{ call, truth: Unknown.of(`version(${id})`, says) }];
}

function executionRole(calls: readonly StartCall[]): MachineRole {
  return {
    destination: 'credentials of an execution role',
    closed: 'no launcher gives it one',
    held: calls.flatMap(({ resource, name, parameters, fromInput }) => {
      const role = property(parameters, 'ExecutionRoleArn');
      const chosen = fromInput.includes('ExecutionRoleArn');
      if (role === undefined && !chosen) return [];
      const at = {
        truth: true,
        path: [{ id: resource.id, by: `state ${name} ExecutionRoleArn` }],
        reason: chosen ? 'whoever starts it may give it a role' : 'the code holds an execution role',
        change: `remove ExecutionRoleArn from ${resource.id}`,
      };
      return [{ role, truth: true, at }];
    }),
  };
}

/** Code of the image runs while the image is built, with this role, and what it keeps is in every MicroVM. */
function buildRole({ id, properties }: Resource): MachineRole {
  const role = property(properties, 'BuildRoleArn');
  const at = {
    truth: true,
    path: [{ id, by: 'BuildRoleArn' }],
    reason: 'the image’s code runs with its build role while it is built',
    change: `take from the build role of ${id} what reading its code and writing its log doesn’t need`,
  };
  return {
    destination: 'more than its own build, by its build role',
    closed: 'its build role names its code and its log, and nothing else',
    harmless: BUILDING,
    held: role === undefined ? [] : [{ role, truth: true, at }],
  };
}
