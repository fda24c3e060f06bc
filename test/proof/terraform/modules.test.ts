import { prove, type Report } from '../../../lib/proof';
import { finding } from '../templates';

/*
 * A plan in the shape of the modules that most people use: a network with private subnets behind one NAT gateway, and a service
 * of another module in it. Copies by `count`, a list by a splat, a table chosen by an index and a switch, an id by a local name.
 */

interface Planned {
  readonly address: string;
  readonly values?: Record<string, unknown>;
  /** What waits for the apply, with the references of its expression. */
  readonly waits?: Record<string, readonly string[]>;
}

const INDEX = 'count.index';
const copies = (address: string, count: number, rest: (index: number) => Omit<Planned, 'address'>): Planned[] =>
  Array.from({ length: count }, (_, index) => ({ address: `${address}[${index}]`, ...rest(index) }));

const NETWORK: readonly Planned[] = [
  ...copies('aws_vpc.this', 1, () => ({ values: { cidr_block: '10.0.0.0/16' } })),
  ...['private', 'public'].flatMap((name, side) =>
    copies(`aws_subnet.${name}`, 2, (index) => ({
      values: { cidr_block: `10.0.${side * 10 + index}.0/24`, map_public_ip_on_launch: false },
      waits: { vpc_id: ['local.vpc_id'] },
    })),
  ),
  ...['private', 'public'].flatMap((name) =>
    copies(`aws_route_table.${name}`, 1, () => ({ waits: { vpc_id: ['local.vpc_id'] } })),
  ),
  ...copies('aws_route_table_association.private', 2, () => ({
    waits: {
      subnet_id: ['aws_subnet.private', INDEX],
      route_table_id: ['aws_route_table.private', 'var.single_nat_gateway', INDEX],
    },
  })),
  ...copies('aws_route_table_association.public', 2, () => ({
    waits: {
      subnet_id: ['aws_subnet.public', INDEX],
      route_table_id: ['aws_route_table.public[0].id', 'aws_route_table.public[0]', 'aws_route_table.public'],
    },
  })),
  ...copies('aws_internet_gateway.this', 1, () => ({ waits: { vpc_id: ['local.vpc_id'] } })),
  ...copies('aws_nat_gateway.this', 1, () => ({
    waits: { subnet_id: ['aws_subnet.public', 'var.single_nat_gateway', INDEX] },
  })),
  ...copies('aws_route.public_internet_gateway', 1, () => ({
    values: { destination_cidr_block: '0.0.0.0/0' },
    waits: {
      route_table_id: ['aws_route_table.public[0].id', 'aws_route_table.public[0]', 'aws_route_table.public'],
      gateway_id: ['aws_internet_gateway.this[0].id', 'aws_internet_gateway.this[0]', 'aws_internet_gateway.this'],
    },
  })),
  ...copies('aws_route.private_nat_gateway', 1, () => ({
    values: { destination_cidr_block: '0.0.0.0/0' },
    waits: {
      route_table_id: ['aws_route_table.private', INDEX],
      nat_gateway_id: ['aws_nat_gateway.this', INDEX],
    },
  })),
];

const SERVICE: readonly Planned[] = [
  { address: 'aws_ecs_task_definition.this', values: { family: 'app', container_definitions: '[{"name":"app"}]' } },
  {
    address: 'aws_security_group.this',
    values: {
      egress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'], security_groups: [] }],
    },
    waits: { vpc_id: ['var.vpc_id'] },
  },
  {
    address: 'aws_ecs_service.this',
    values: { launch_type: 'FARGATE', network_configuration: [{ assign_public_ip: false }] },
    waits: { task_definition: ['aws_ecs_task_definition.this.arn', 'aws_ecs_task_definition.this'] },
  },
];

/** Subnets and groups of the service, which stand inside a block. */
const BLOCK = {
  unknown: [{ subnets: true, security_groups: true }],
  expression: [
    {
      subnets: { references: ['var.subnet_ids'] },
      security_groups: { references: ['aws_security_group.this.id', 'aws_security_group.this'] },
    },
  ],
};

function plan(): object {
  const modules = { 'module.vpc': NETWORK, 'module.service': SERVICE };
  const child = (name: string, all: readonly Planned[]) => ({
    address: name,
    resources: all.map((one) => ({ ...named(name, one), values: one.values ?? {} })),
  });
  return {
    format_version: '1.2',
    planned_values: { root_module: { child_modules: Object.entries(modules).map(([name, all]) => child(name, all)) } },
    resource_changes: Object.entries(modules).flatMap(([name, all]) =>
      all.map((one) => ({
        ...named(name, one),
        change: { actions: ['create'], before: null, after: one.values ?? {}, after_unknown: unknown(one) },
      })),
    ),
    configuration: {
      root_module: {
        module_calls: {
          vpc: {
            expressions: { single_nat_gateway: { constant_value: true } },
            module: {
              outputs: { private_subnets: { expression: { references: ['aws_subnet.private'] } } },
              resources: configured(NETWORK),
            },
          },
          service: {
            expressions: {
              subnet_ids: { references: ['module.vpc.private_subnets', 'module.vpc'] },
              vpc_id: { references: ['module.vpc.vpc_id', 'module.vpc'] },
            },
            module: { resources: configured(SERVICE) },
          },
        },
      },
    },
  };
}

function named(module: string, { address }: Planned): object {
  const [type = '', name = ''] = address.split(/[.[]/);
  return { address: `${module}.${address}`, mode: 'managed', type, name };
}

function unknown({ address, waits = {} }: Planned): object {
  const inside = address.startsWith('aws_ecs_service') ? { network_configuration: BLOCK.unknown } : {};
  return { ...Object.fromEntries(Object.keys(waits).map((key) => [key, true])), ...inside, id: true, arn: true };
}

function configured(all: readonly Planned[]): object[] {
  const first = all.filter(({ address }) => !/\[[1-9]\]$/.test(address));
  return first.map(({ address, values = {}, waits = {} }) => ({
    address: address.replace(/\[0\]$/, ''),
    mode: 'managed',
    expressions: {
      ...Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { constant_value: value }])),
      ...Object.fromEntries(Object.entries(waits).map(([key, references]) => [key, { references }])),
      ...(address.startsWith('aws_ecs_service') ? { network_configuration: BLOCK.expression } : {}),
    },
  }));
}

const report: Report = prove([{ name: 'plan', document: plan() }]);

test('finds the way out through NAT by the addresses of both modules', () => {
  const found = finding(report, 'ip', 'IPv4');
  expect(found.verdict).toBe('open');
  expect(found.path.map(({ id }) => id)).toEqual([
    'module.service.aws_ecs_service.this',
    'module.service.aws_security_group.this.egress[0]',
    'module.vpc.aws_subnet.private[0]',
    'module.vpc.aws_route.private_nat_gateway[0]',
    'module.vpc.aws_nat_gateway.this[0]',
    'module.vpc.aws_subnet.public[0]',
    'module.vpc.aws_route.public_internet_gateway[0]',
    'module.vpc.aws_internet_gateway.this[0]',
  ]);
});

test('places the service in both subnets of the list', () => {
  expect(report.workloads[0]?.places?.[0]?.subnets).toEqual([
    'module.vpc.aws_subnet.private[0]',
    'module.vpc.aws_subnet.private[1]',
  ]);
});

test('says what it takes for granted: the copy that an index chooses', () => {
  const model = finding(report, 'model', 'resources');
  expect(model.verdict).toBe('unproven');
  expect(model.missing?.map(({ id }) => id)).toContain(
    'copy(module.vpc.aws_route_table_association.private[0].subnet_id)',
  );
});

test('what a local name stands for isn’t in a plan: names asked for in that network are unproven', () => {
  expect(finding(report, 'dns', 'name servers').verdict).toBe('unproven');
});
