import { prove } from '../../lib/proof';
import { referenceResources } from './gcp/reference';
import { INHERITED, renamed } from './plant';
import { referenceStack } from './reference-stack';
import { applied, planned, written } from './terraform/forms';
import { referenceConfiguration } from './terraform/reference';

const { resource, data } = referenceConfiguration();
const DOCUMENTS: readonly (readonly [name: string, document: object, words: readonly string[]])[] = [
  ['a template', { Resources: referenceStack() }, ['AWS::EC2::SecurityGroup', 'AWS::IAM::Role', 'VpcId', 'tcp']],
  ['a configuration for AWS', written(resource, data), ['aws_security_group', 'aws_iam_role', 'vpc_id', 'agent']],
  ['a plan for AWS', planned(resource, data), ['aws_security_group', 'aws_vpc_endpoint', 'vpc_id', 'agent']],
  ['a state for AWS', applied(resource, data), ['aws_security_group', 'aws_subnet', 'vpc_id', 'agent']],
  [
    'a configuration for Google Cloud',
    { resource: referenceResources() },
    ['google_compute_firewall', 'network', 'INGRESS'],
  ],
];
const CASES = DOCUMENTS.flatMap(([name, document, words]) =>
  words.flatMap((word) => INHERITED.map((inherited) => [name, word, inherited, document] as const)),
);

test.each(CASES)('%s that calls %s by the name %s is answered', (_, word, inherited, document) => {
  const report = prove([{ name: 'stack', document: renamed(document, word, inherited) }]);
  expect(['closed', 'open', 'unproven']).toContain(report.verdict);
  // A type or a setting of another name is one that nobody knows.
  if (/::|_/.test(word)) expect(report.verdict).not.toBe('closed');
});
