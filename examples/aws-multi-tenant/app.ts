import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Size, Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { PinnedImage, SecureAgent, Workspace } from '../../lib/aws';
import { definePolicy } from '../../lib/policy';

export const stack = new Stack(new App(), 'MultiTenant');
const repository = Repository.fromRepositoryName(stack, 'Repository', 'tenant-agent');
export const agent = new SecureAgent(stack, 'Agent', {
  policy: definePolicy(readFileSync(join(__dirname, 'policy.yaml'), 'utf8')),
  image: PinnedImage.fromEcrRepository(repository, `sha256:${'0'.repeat(64)}`), // the digest you have reviewed
  workspace: Workspace.memory('/workspace', Size.mebibytes(1024)),
});

/** Whatever takes the tenants' requests. It starts one run a request: `{"input": "…"}`, at most 8,192 characters. */
export const front = new Role(stack, 'Front', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
agent.grantRun(front);
