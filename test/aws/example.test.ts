import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { agent } from '../../examples/aws-minimal/app';
import { unpackFiles } from '../../lib/aws';
import { compile } from '../../lib/envoy';
import { carriedFiles, resourcesOf } from './stack';

// The library's own validator takes seconds to start; the real suite runs the command with it.
process.env.CDK_VALIDATION = 'false';

test('the minimal example makes a whole stack that carries its policy, and an empty secret for each name', () => {
  const template = Template.fromStack(Stack.of(agent));
  expect(unpackFiles(carriedFiles(template))).toEqual(compile(agent.proxy.policy).files);
  expect(Object.keys(agent.proxy.task.secrets.byName)).toEqual(['anthropic-key', 'git-token']);
  expect(resourcesOf(template, 'AWS::SecretsManager::Secret')).toHaveLength(3); // and the authority's seed
});
