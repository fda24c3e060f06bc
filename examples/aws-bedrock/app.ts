import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { PinnedImage, SecureAgent } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';

const stack = new Stack(new App(), 'BedrockOnly');
const repository = Repository.fromRepositoryName(stack, 'Repository', 'coder');
export const agent = new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  image: PinnedImage.fromEcrRepository(repository, `sha256:${'0'.repeat(64)}`), // the digest you have reviewed
});
