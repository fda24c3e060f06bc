import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService, ScheduledFargateTask } from 'aws-cdk-lib/aws-ecs-patterns';
import { prove } from '../../lib/proof';
import { finding, verdicts } from './templates';

/** What the CDK makes of a pattern when nothing is said about its network. */
function patterned(build: (stack: Stack) => void): ReturnType<typeof prove> {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Pattern');
  build(stack);
  return prove([{ name: 'pattern', document: Template.fromStack(stack).toJSON() }]);
}
const image = ContainerImage.fromRegistry('agent');

test('judges a load-balanced service as a reader would: out by NAT, in by the balancer, names anywhere', () => {
  const report = patterned(
    (stack) => void new ApplicationLoadBalancedFargateService(stack, 'Web', { taskImageOptions: { image } }),
  );
  expect(verdicts(report, 'ip')).toEqual({ 'the internet (IPv4)': 'open', 'the internet (IPv6)': 'closed' });
  const path = finding(report, 'ip', 'IPv4').path.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''));
  expect(path.map((id) => /(Service|SecurityGroup|Subnet|DefaultRoute|NATGateway|IGW)\d?$/.exec(id)?.[1])).toEqual([
    ...['Service', 'SecurityGroup', 'Subnet', 'DefaultRoute', 'NATGateway', 'Subnet', 'DefaultRoute', 'IGW'],
  ]);
  expect(finding(report, 'dns', 'name servers').verdict).toBe('open');
  expect(finding(report, 'inbound', 'connections').verdict).toBe('open');
  expect(finding(report, 'role', 'task role').verdict).toBe('unproven');
  expect(finding(report, 'secrets', 'its task').verdict).toBe('closed');
});

test('judges a scheduled task by the rule that starts it', () => {
  const report = patterned(
    (stack) =>
      void new ScheduledFargateTask(stack, 'Job', {
        schedule: Schedule.cron({}),
        scheduledFargateTaskImageOptions: { image },
      }),
  );
  expect(finding(report, 'ip', 'IPv4').path[0]?.id).toMatch(/^JobScheduledEventRule/);
  expect(finding(report, 'launcher', 'identities').verdict).toBe('closed');
  expect(finding(report, 'inbound', 'connections').verdict).toBe('closed');
});
