import type { Configuration } from './forms';

/** An agent of somebody's: a public address, a group that lets everything out, a route to the internet. */
export const SLICE: Configuration = {
  aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
  aws_internet_gateway: { out: { vpc_id: '${aws_vpc.main.id}' } },
  aws_subnet: { agent: { vpc_id: '${aws_vpc.main.id}', cidr_block: '10.0.1.0/24' } },
  aws_route_table: { agent: { vpc_id: '${aws_vpc.main.id}' } },
  aws_route_table_association: {
    agent: { subnet_id: '${aws_subnet.agent.id}', route_table_id: '${aws_route_table.agent.id}' },
  },
  aws_route: {
    out: {
      route_table_id: '${aws_route_table.agent.id}',
      destination_cidr_block: '0.0.0.0/0',
      gateway_id: '${aws_internet_gateway.out.id}',
    },
  },
  aws_security_group: {
    agent: {
      vpc_id: '${aws_vpc.main.id}',
      egress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'], security_groups: [] }],
    },
  },
  aws_ecs_task_definition: {
    agent: {
      family: 'agent',
      container_definitions: '[{"name":"agent"}]',
      tags: { 'anchorhold:workload': 'agent' },
    },
  },
  aws_ecs_service: {
    agent: {
      task_definition: '${aws_ecs_task_definition.agent.arn}',
      launch_type: 'FARGATE',
      network_configuration: [
        {
          subnets: ['${aws_subnet.agent.id}'],
          security_groups: ['${aws_security_group.agent.id}'],
          assign_public_ip: true,
        },
      ],
    },
  },
};

/** A copy with other settings of one resource; undefined takes one away. */
export function changed(
  resource: Configuration,
  address: string,
  settings: Readonly<Record<string, unknown>> | undefined,
): Configuration {
  const [type = '', name = ''] = address.split('.');
  const { [name]: before, ...others } = resource[type] ?? {};
  if (settings === undefined) return { ...resource, [type]: others };
  const body = Object.entries({ ...before, ...settings }).filter(([, value]) => value !== undefined);
  return { ...resource, [type]: { ...others, [name]: Object.fromEntries(body) } };
}
