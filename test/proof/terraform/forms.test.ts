import { prove } from '../../../lib/proof';
import { finding, verdicts } from '../templates';
import { applied, type Configuration, planned, written } from './forms';
import { changed, SLICE } from './slice';

const FORMS: readonly (readonly [string, (resource: Configuration) => object])[] = [
  ['a configuration', written],
  ['a plan', planned],
  ['a state', applied],
];

describe.each(FORMS)('%s', (_, form) => {
  const judged = (resource: Configuration) => prove([{ name: 'stack', document: form(resource) }]);

  test('shows the way to the internet in the addresses and settings of Terraform', () => {
    const found = finding(judged(SLICE), 'ip', 'IPv4');
    expect(found.verdict).toBe('open');
    expect(found.path.map(({ id, by }) => `${id} ${by}`)).toEqual([
      'aws_ecs_service.agent network_configuration',
      'aws_security_group.agent.egress[0] rule (every protocol)',
      'aws_subnet.agent aws_route_table.agent',
      'aws_route.out destination_cidr_block 0.0.0.0/0',
      'aws_internet_gateway.out every protocol',
    ]);
    expect(found.change).toBe('remove the rule aws_security_group.agent.egress[0]');
  });

  test('takes a group that states no egress for one that has none: the provider removes what it is created with', () => {
    const report = judged(changed(SLICE, 'aws_security_group.agent', { egress: undefined }));
    expect(verdicts(report, 'ip')).toEqual({ 'the internet (IPv4)': 'closed', 'the internet (IPv6)': 'closed' });
  });

  test('counts a rule beside a group that states rules inside', () => {
    const none = changed(SLICE, 'aws_security_group.agent', { egress: undefined });
    const beside = changed(none, 'aws_vpc_security_group_egress_rule.out', {
      security_group_id: '${aws_security_group.agent.id}',
      cidr_ipv4: '0.0.0.0/0',
      ip_protocol: '-1',
    });
    expect(finding(judged(beside), 'ip', 'IPv4').path[1]?.id).toBe('aws_vpc_security_group_egress_rule.out');
  });

  test('gives a task no public address where none is assigned', () => {
    const [service] = Object.values(SLICE.aws_ecs_service ?? {});
    const [network] = service?.network_configuration as object[];
    const silent = { network_configuration: [{ ...network, assign_public_ip: false }] };
    const report = judged(changed(SLICE, 'aws_ecs_service.agent', silent));
    expect(finding(report, 'ip', 'IPv4').verdict).toBe('closed');
  });
});
