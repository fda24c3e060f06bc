import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import { anchorhold } from '../cli/session';
import { blocksIn, ROOT } from './blocks';

test('the proof’s example in the README is what the command says of that pattern', async () => {
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Pattern');
  new ApplicationLoadBalancedFargateService(stack, 'Web', {
    vpc: new Vpc(stack, 'Vpc'),
    taskImageOptions: { image: ContainerImage.fromRegistry('agent') },
  });
  const input = JSON.stringify(Template.fromStack(stack).toJSON());
  const { out } = await anchorhold(['prove', '-'], { input });
  const [shown] = blocksIn('README.md', readFileSync(join(ROOT, 'README.md'), 'utf8')).filter(({ text }) =>
    text.startsWith('open: ip'),
  );
  expect(shown?.text).toContain('change: ');
  expect(out.replace(/(?<=[A-Za-z0-9])[0-9A-F]{8}\b/g, '')).toContain(shown?.text);
});
