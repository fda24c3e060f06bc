import { prove } from '../../lib/proof';
import { closedCell, propertiesOf, type Resources } from './templates';

const two = ['one.json', 'two.json'].map((name) => ({ name, document: { Resources: closedCell() } }));

test('an id that is in two templates is an error that lists both', () => {
  const { problems, verdict } = prove(two, { agents: ['Task'] });
  expect(problems).toEqual([
    {
      where: '--agent Task',
      code: 'workload-ambiguous',
      message:
        '--agent Task: expected one workload, got 2: write which, one.json/Task or two.json/Task [workload-ambiguous]',
    },
  ]);
  expect(verdict).not.toBe('closed');
});

test('a service of one and a service of the other are two as well', () => {
  expect(prove(two, { proxies: ['Service'] }).problems.map(({ code }) => code)).toEqual(['workload-ambiguous']);
});

test('the whole id names one, and so does an id that several resources have and one task', () => {
  expect(prove(two, { agents: ['two.json/Task'] }).workloads.map(({ id }) => id)).toEqual(['two.json/Task']);
  const other: Resources = { Task: { Type: 'AWS::S3::Bucket' } };
  const inputs = [...two.slice(0, 1), { name: 'other.json', document: { Resources: other } }];
  expect(prove(inputs, { agents: ['Task'] })).toMatchObject({ problems: [], workloads: [{ id: 'one.json/Task' }] });
});

test('a task and its own service are one workload', () => {
  const cell = closedCell();
  propertiesOf(cell, 'Service').ServiceName = 'agents';
  const inputs = [{ name: 'one.json', document: { Resources: cell } }, ...two.slice(1)];
  expect(prove(inputs, { agents: ['one.json/Service', 'one.json/Task'] }).workloads).toHaveLength(1);
});

test('two workloads of one name on Google Cloud are told apart by address', () => {
  const job = { name: 'agent', location: 'europe-west1', template: { template: { containers: [{ image: 'x' }] } } };
  const document = { resource: { google_cloud_run_v2_job: { one: job, two: job } } };
  const { problems } = prove([{ name: 'cdk.tf.json', document }], { agents: ['agent'] });
  expect(problems[0]?.message).toContain(
    'got 2: write which, google_cloud_run_v2_job.one or google_cloud_run_v2_job.two',
  );
});
