import type { Mutation } from '../mutation-law';
import type { Stack } from './reference';

type Change = (body: Record<string, unknown>, stack: Stack) => void;

/** The settings of a resource, by its address. */
export function body({ resource, data }: Stack, address: string): Record<string, unknown> {
  const [type = '', name = ''] = address.replace(/^data\./, '').split('.');
  const found = (address.startsWith('data.') ? data : resource)[type]?.[name];
  if (!found) throw new Error(`no resource ${address}`);
  return found;
}

const change = (address: string, how: Change) => (stack: Stack) => void how(body(stack, address), stack);
const drop = (address: string) => (stack: Stack) => {
  const [type = '', name = ''] = address.split('.');
  body(stack, address);
  stack.resource[type] = Object.fromEntries(Object.entries(stack.resource[type] ?? {}).filter(([one]) => one !== name));
};
const add = (address: string, settings: Record<string, unknown>) => (stack: Stack) => {
  const [type = '', name = ''] = address.split('.');
  stack.resource[type] = { ...stack.resource[type], [name]: settings };
};
const both =
  (...changes: readonly ((stack: Stack) => void)[]) =>
  (stack: Stack) =>
    changes.forEach((one) => one(stack));
const OUT = { protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] };
const first = (list: unknown) => (list as Record<string, unknown>[])[0] ?? {};

const NETWORK: readonly Mutation<Stack>[] = [
  {
    protection: 'no route and no range for the agents',
    remove: both(
      add('aws_internet_gateway.agents', { vpc_id: '${aws_vpc.agents.id}' }),
      change('aws_route_table.agent', (table) => {
        table.route = [{ cidr_block: '0.0.0.0/0', gateway_id: '${aws_internet_gateway.agents.id}' }];
      }),
      change('aws_security_group.agent', (group) => (group.egress = [OUT])),
    ),
    opens: [],
    heldBy: 'the service gives no public address',
    together: ['ip'],
  },
  {
    protection: 'the service gives no public address',
    remove: change(
      'aws_ecs_service.agent',
      ({ network_configuration }) => (first(network_configuration).assign_public_ip = true),
    ),
    opens: [],
    heldBy: 'no route and no range for the agents',
    together: ['ip'],
  },
  {
    protection: 'the subnet has a table of its own',
    remove: both(
      drop('aws_route_table_association.agent'),
      change('aws_security_group.agent', (group) => (group.egress = [OUT])),
      add('aws_nat_gateway.agents', { subnet_id: '${aws_subnet.public.id}' }),
      add('aws_route.main', {
        route_table_id: '${aws_vpc.agents.main_route_table_id}',
        destination_cidr_block: '0.0.0.0/0',
        nat_gateway_id: '${aws_nat_gateway.agents.id}',
      }),
    ),
    opens: ['ip', 'cloud-api'],
  },
  {
    protection: 'the agent’s group admits nothing',
    remove: change('aws_security_group.agent', (group) => (group.ingress = [OUT])),
    opens: ['inbound'],
    // The list of the layers’ endpoint may hold addresses of the network.
    unproven: ['neighbour'],
  },
  {
    protection: 'agents don’t reach each other',
    remove: change('aws_security_group.agent', (group) => {
      group.egress = [{ ...OUT, cidr_blocks: [], self: true }];
      group.ingress = [{ ...OUT, cidr_blocks: [], self: true }];
    }),
    opens: ['inbound', 'neighbour'],
  },
  {
    protection: 'the service names the agent’s group',
    remove: change('aws_ecs_service.agent', ({ network_configuration }) => {
      delete first(network_configuration).security_groups;
    }),
    opens: [],
    heldBy: 'the default group is emptied',
    together: ['inbound', 'neighbour'],
  },
  {
    protection: 'the default group is emptied',
    remove: drop('aws_default_security_group.agents'),
    opens: [],
    heldBy: 'the service names the agent’s group',
    together: ['inbound', 'neighbour'],
  },
];

const FIREWALL = 'aws_route53_resolver_firewall';
const NAMES: readonly Mutation<Stack>[] = [
  {
    protection: 'the resolver’s firewall is associated',
    remove: drop(`${FIREWALL}_rule_group_association.agents`),
    opens: ['dns'],
  },
  { protection: 'its last rule is there', remove: drop(`${FIREWALL}_rule.block`), opens: ['dns'] },
  {
    protection: 'its last rule blocks, not only alerts',
    remove: change(`${FIREWALL}_rule.block`, (rule) => (rule.action = 'ALERT')),
    opens: ['dns'],
  },
  {
    protection: 'its last rule blocks every type of query',
    remove: change(`${FIREWALL}_rule.block`, (rule) => (rule.q_type = 'A')),
    opens: ['dns'],
  },
  {
    protection: 'its last rule blocks every name',
    remove: change(`${FIREWALL}_domain_list.everything`, (list) => (list.domains = ['*.example'])),
    opens: ['dns'],
  },
  {
    protection: 'it allows no wildcard of a foreign zone',
    remove: change(`${FIREWALL}_domain_list.allowed`, (list) => (list.domains = ['*.model.example'])),
    opens: ['dns'],
  },
  {
    protection: 'it stays closed when it fails',
    remove: change(`${FIREWALL}_config.agents`, (config) => (config.firewall_fail_open = 'ENABLED')),
    opens: ['dns'],
  },
  {
    protection: 'that is written out',
    remove: change(`${FIREWALL}_config.agents`, (config) => delete config.firewall_fail_open),
    opens: [],
    unproven: ['dns'],
  },
  {
    protection: 'no rule forwards names elsewhere',
    remove: add('aws_route53_resolver_rule_association.out', {
      vpc_id: '${aws_vpc.agents.id}',
      resolver_rule_id: 'rslvr-rr-0123456789abcdef',
    }),
    opens: [],
    unproven: ['dns'],
  },
];

const ENDPOINTS: readonly Mutation<Stack>[] = [
  ...['registry', 'layers'].map((name) => ({
    protection: `the endpoint “${name}” has a policy`,
    remove: change(`aws_vpc_endpoint.${name}`, (endpoint) => delete endpoint.policy),
    opens: ['cloud-api'] as const,
  })),
  {
    protection: 'the endpoint of the registry is for our account',
    remove: change('data.aws_iam_policy_document.ours', ({ statement }) => delete first(statement).condition),
    opens: ['cloud-api'],
  },
  {
    protection: 'the endpoint of S3 names the registry’s bucket',
    remove: change('data.aws_iam_policy_document.layers', ({ statement }) => (first(statement).resources = ['*'])),
    opens: ['cloud-api'],
  },
  {
    protection: 'no policy beside an endpoint replaces its own',
    remove: add('aws_vpc_endpoint_policy.other', { vpc_endpoint_id: '${aws_vpc_endpoint.registry.id}', policy: '{}' }),
    opens: [],
    unproven: ['cloud-api'],
  },
  {
    protection: 'behind the window stands the proxy alone',
    remove: add('aws_lb_target_group_attachment.other', {
      target_group_arn: '${aws_lb_target_group.proxy.arn}',
      target_id: '10.2.0.9',
    }),
    opens: ['neighbour'],
  },
];

const TASKS: readonly Mutation<Stack>[] = [
  {
    protection: 'the agent has no role',
    remove: change('aws_ecs_task_definition.agent', (task) => (task.task_role_arn = '${aws_iam_role.launcher.arn}')),
    opens: ['role', 'launcher'],
  },
  {
    protection: 'the agent doesn’t share the proxy’s role',
    remove: change('aws_ecs_task_definition.agent', (task) => (task.task_role_arn = '${aws_iam_role.proxy.arn}')),
    opens: ['role', 'secrets'],
  },
  {
    protection: 'the agent has no volume of its host',
    remove: change('aws_ecs_task_definition.agent', (task) => {
      task.volume = [{ name: 'shared', docker_volume_configuration: [{ scope: 'shared' }] }];
    }),
    opens: [],
    unproven: ['neighbour'],
  },
  {
    protection: 'the agent is given no secret',
    remove: change('aws_ecs_task_definition.agent', (task) => {
      task.container_definitions = '[{"name":"agent","secrets":[{"name":"KEY","valueFrom":"arn:aws:x"}]}]';
    }),
    opens: ['secrets'],
  },
  {
    protection: 'the secret’s own policy refuses other readers',
    remove: drop('aws_secretsmanager_secret_policy.key'),
    opens: ['secrets'],
  },
  {
    protection: 'the agent’s output goes to a log of its own',
    remove: change('aws_ecs_task_definition.agent', (task) => {
      task.container_definitions = String(task.container_definitions).replace('/agent', '/proxy');
    }),
    opens: ['audit'],
  },
  {
    protection: 'the service leaves ECS Exec off',
    remove: change('aws_ecs_service.agent', (service) => (service.enable_execute_command = true)),
    opens: ['inbound'],
  },
  {
    protection: 'tasks run on Fargate',
    remove: change('aws_ecs_service.agent', (service) => (service.launch_type = 'EC2')),
    opens: [],
    unproven: ['role'],
  },
  {
    protection: 'nobody but the launcher may run the task',
    remove: both(
      add('aws_iam_role.other', { name: 'other', assume_role_policy: '${data.aws_iam_policy_document.tasks.json}' }),
      add('aws_iam_role_policy_attachment.other', {
        role: '${aws_iam_role.other.name}',
        policy_arn: '${aws_iam_policy.launcher.arn}',
      }),
    ),
    opens: ['launcher'],
  },
  {
    protection: 'no policy that isn’t read is attached',
    remove: add('aws_iam_role_policy_attachment.more', {
      role: '${aws_iam_role.proxy.name}',
      policy_arn: 'arn:aws:iam::aws:policy/PowerUserAccess',
    }),
    opens: [],
    unproven: ['launcher', 'proxy'],
  },
];

const PROXY: readonly Mutation<Stack>[] = [
  {
    protection: 'the proxy dials only the policy’s ports',
    remove: change('aws_security_group.proxy', (group) => (group.egress = [OUT])),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy’s role names its resources',
    remove: change('data.aws_iam_policy_document.proxy', ({ statement }) => (first(statement).resources = ['*'])),
    opens: ['proxy'],
  },
  {
    protection: 'the proxy’s balancer is internal',
    remove: change('aws_lb.proxy', (balancer) => delete balancer.internal),
    opens: ['proxy'],
  },
  {
    protection: 'only this account may attach to the proxy’s service',
    remove: change('aws_vpc_endpoint_service.proxy', (service) => (service.allowed_principals = ['*'])),
    opens: ['proxy'],
  },
  {
    protection: 'nothing is there of a type that nobody has read',
    remove: add('aws_verifiedaccess_endpoint.new', { domain_certificate_arn: '${aws_lb.proxy.arn}' }),
    opens: [],
    unproven: ['model'],
  },
  {
    protection: 'nothing of another provider is there',
    remove: add('kubernetes_deployment.new', {}),
    opens: [],
    unproven: ['model'],
  },
];

/** Every protection of the hand-written stack, and what turns without it. */
export const MUTATIONS: readonly Mutation<Stack>[] = [...NETWORK, ...NAMES, ...ENDPOINTS, ...TASKS, ...PROXY];
