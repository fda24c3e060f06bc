import { policyText } from './policy-text';

/*
 * One configuration in the forms in which Terraform shows it: as it is written (`cdk.tf.json`), as a plan of everything new, and
 * as a state. Written by the format that `terraform show -json` documents; the values of a plan that wait for others are null in
 * `after`, true in `after_unknown`, and named by `references` in the configuration.
 */

export type Body = Readonly<Record<string, unknown>>;
/** Resources by type and name, as `resource` of JSON configuration holds them. */
export type Configuration = Readonly<Record<string, Readonly<Record<string, Body>>>>;

const REFERENCE = /\$\{((?:data\.)?[a-z]\w*\.[\w-]+(?:\.[\w*-]+|\[[^\]]+\])*)\}/g;

/** What data sources of the account and the region say; a plan and a state have it put in. */
const DATA: Readonly<Record<string, string>> = {
  'data.aws_caller_identity.current.account_id': '111122223333',
  'data.aws_region.current.name': 'eu-west-1',
  'data.aws_partition.current.partition': 'aws',
  'data.aws_partition.current.dns_suffix': 'amazonaws.com',
};

/** The same with what data sources say put in: those of policies where nothing in them waits for a value. */
function read(resource: Configuration, data: Configuration): { resource: Configuration; waiting: Configuration } {
  const policies = Object.entries(placed(data, {}).aws_iam_policy_document ?? {});
  const texts = policies.flatMap(([name, body]) => {
    const isKnown = !JSON.stringify(body).includes('${');
    return isKnown ? [[`data.aws_iam_policy_document.${name}.json`, policyText(body)] as const] : [];
  });
  const waiting = policies.filter(([name]) => !texts.some(([known]) => known.includes(`.${name}.`)));
  return {
    resource: placed(resource, Object.fromEntries(texts)),
    waiting: { aws_iam_policy_document: Object.fromEntries(waiting) },
  };
}

function placed(resource: Configuration, texts: Readonly<Record<string, string>>): Configuration {
  const known: Readonly<Record<string, string>> = { ...DATA, ...texts };
  const value = (node: unknown): unknown => {
    if (typeof node === 'string')
      return node.replace(/\$\{(data\.[\w.]+)\}/g, (whole, name: string) => known[name] ?? whole);
    if (Array.isArray(node)) return node.map(value);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, value(one)]));
  };
  return value(resource) as Configuration; // the same shape
}

/** The document as somebody writes it, or the CDK for Terraform does. */
export function written(resource: Configuration, data: Configuration = {}): object {
  return { terraform: {}, resource, ...(Object.keys(data).length > 0 ? { data } : {}) };
}

/** What the provider fills in where nothing is written, by type: unknown in a plan of something new. */
export const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  aws_security_group: ['egress', 'ingress', 'arn', 'id', 'name', 'owner_id'],
  aws_vpc: ['id', 'arn', 'default_security_group_id', 'main_route_table_id', 'ipv6_cidr_block'],
  aws_route_table: ['id', 'route', 'propagating_vgws'],
  aws_route: ['id', 'instance_id', 'network_interface_id', 'state'],
  aws_vpc_endpoint: ['id', 'policy', 'security_group_ids', 'subnet_ids', 'route_table_ids', 'prefix_list_id'],
  aws_network_acl: ['id', 'egress', 'ingress', 'subnet_ids'],
  aws_default_security_group: ['id', 'egress', 'ingress'],
  aws_lb: ['id', 'arn', 'internal', 'security_groups', 'subnets', 'dns_name'],
  aws_security_group_rule: ['id', 'source_security_group_id'],
  aws_iam_role: ['id', 'arn', 'managed_policy_arns', 'name'],
};

/** A plan in which everything is made. */
export function planned(configuration: Configuration, data: Configuration = {}): object {
  const { resource, waiting } = read(configuration, data);
  const all = resourcesOf(resource).map((one) => ({ ...one, ...split(one) }));
  const reads = resourcesOf(waiting).map((one) => ({ ...one, ...split(one), address: `data.${one.address}` }));
  return {
    format_version: '1.2',
    terraform_version: '1.9.8',
    planned_values: {
      root_module: {
        resources: all.map(({ address, type, name, values }) => managed(address, type, name, { values })),
      },
    },
    resource_changes: [...all, ...reads].map(({ address, type, name, values, unknown }) => ({
      ...managed(address, type, name, {}),
      change: {
        actions: [address.startsWith('data.') ? 'read' : 'create'],
        before: null,
        after: values,
        after_unknown: unknown,
      },
    })),
    configuration: {
      root_module: {
        resources: [...all, ...reads].map(({ address, type, name, expressions }) =>
          managed(address, type, name, { expressions }),
        ),
      },
    },
  };
}

/** A state in which everything is made: references are the ids that the cloud has given. */
export function applied(configuration: Configuration, data: Configuration = {}): object {
  const { resource, waiting } = read(configuration, data);
  // A policy that waited has its text by now.
  const policies = Object.entries(waiting.aws_iam_policy_document ?? {}).map(
    ([name, body]) =>
      [`data.aws_iam_policy_document.${name}.json`, policyText(resolved(body, resource) as Body)] as const,
  );
  const resources = resourcesOf(placed(resource, Object.fromEntries(policies))).map(({ address, type, name, body }) => {
    const values = {
      id: idOf(address, 'id'),
      arn: idOf(address, 'arn'),
      ...ownIds(type, address),
      ...(resolved(body, resource) as object),
    };
    return managed(address, type, name, { values });
  });
  return { format_version: '1.0', terraform_version: '1.9.8', values: { root_module: { resources } } };
}

function managed(address: string, type: string, name: string, rest: object): object {
  const mode = address.startsWith('data.') ? 'data' : 'managed';
  return { address, mode, type, name, provider_name: 'registry.example/hashicorp/aws', ...rest };
}

function resourcesOf(resource: Configuration): { address: string; type: string; name: string; body: Body }[] {
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, body]) => ({ address: `${type}.${name}`, type, name, body })),
  );
}

function split({ type, body }: { type: string; body: Body }): { values: object; unknown: object; expressions: object } {
  const parts = Object.entries(body).map(([key, value]) => [key, part(value)] as const);
  const computed = (COMPUTED[type] ?? ['id', 'arn']).filter((key) => !(key in body));
  const entries = (pick: (one: Part) => unknown) => Object.fromEntries(parts.map(([key, one]) => [key, pick(one)]));
  return {
    values: entries(({ value }) => value),
    unknown: {
      ...Object.fromEntries(parts.filter(([, one]) => one.unknown !== false).map(([key, one]) => [key, one.unknown])),
      ...Object.fromEntries(computed.map((key) => [key, true])),
    },
    expressions: entries(({ expression }) => expression),
  };
}

interface Part {
  readonly value: unknown;
  readonly unknown: unknown;
  readonly expression: unknown;
}

/** A block is a list of objects; a list of plain values with a reference in it is unknown as a whole, as a set is. */
function part(value: unknown): Part {
  const text = JSON.stringify(value);
  const references = [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
  if (Array.isArray(value) && value.every((one) => typeof one === 'object' && one !== null)) {
    const inner = value.map((one) => split({ type: '', body: one as Body }));
    return {
      value: inner.map(({ values }) => values),
      unknown: inner.map(({ unknown }) => without(unknown)),
      expression: inner.map(({ expressions }) => expressions),
    };
  }
  if (references.length === 0) return { value, unknown: false, expression: { constant_value: value } };
  const named = references.flatMap((name) => [name, name.split('.').slice(0, -1).join('.')]);
  return { value: null, unknown: true, expression: { references: [...new Set(named)] } };
}

function without(unknown: object): object {
  return Object.fromEntries(Object.entries(unknown).filter(([key]) => key !== 'id' && key !== 'arn'));
}

function resolved(value: unknown, all: Configuration): unknown {
  if (typeof value === 'string')
    return value.replace(REFERENCE, (_, name: string) => {
      const [type = '', own = '', attribute = 'id'] = name.split('.');
      const stated = all[type]?.[own]?.[attribute === 'id' && NAMED.test(type) ? 'name' : attribute];
      return typeof stated === 'string' ? stated : idOf(`${type}.${own}`, attribute);
    });
  if (Array.isArray(value)) return value.map((one) => resolved(one, all));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, all)]));
}

function ownIds(type: string, address: string): object {
  if (type === 'aws_vpc_endpoint_service') return { service_name: idOf(address, 'service_name') };
  if (type !== 'aws_vpc') return {};
  return Object.fromEntries(
    ['default_security_group_id', 'main_route_table_id', 'default_route_table_id'].map((one) => [
      one,
      idOf(address, one),
    ]),
  );
}

const PREFIXES: Readonly<Record<string, string>> = {
  aws_vpc: 'vpc',
  aws_subnet: 'subnet',
  aws_security_group: 'sg',
  aws_internet_gateway: 'igw',
  aws_nat_gateway: 'nat',
  aws_route_table: 'rtb',
  aws_vpc_endpoint: 'vpce',
  aws_vpc_endpoint_service: 'vpce-svc',
  aws_route53_resolver_firewall_rule_group: 'rslvr-frg',
  aws_route53_resolver_firewall_domain_list: 'rslvr-fdl',
};

/** Types whose id is their name. */
const NAMED = /^aws_(?:iam_role|cloudwatch_log_group)$/;
/** Types whose id is their ARN. */
const BY_ARN =
  /^aws_(?:lb|lb_listener|lb_target_group|sfn_state_machine|ecs_service|ecs_cluster|secretsmanager_secret)$/;

/** What the cloud would have called it: the same for the same. */
export function idOf(address: string, attribute: string): string {
  const type = address.split('.')[0] ?? '';
  const hash = [...`${address} ${attribute === 'arn' ? 'id' : attribute}`]
    .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 4294967296, 7)
    .toString(16)
    .padStart(9, '0');
  if (attribute === 'service_name') return `com.amazonaws.vpce.eu-west-1.vpce-svc-${hash}`;
  if (attribute === 'arn' || (attribute === 'id' && BY_ARN.test(type)))
    return `arn:aws:${type.slice(4)}:eu-west-1:111122223333:thing/${hash}`;
  return `${PREFIXES[type] ?? type.slice(4).replaceAll('_', '-')}-${hash}`;
}
