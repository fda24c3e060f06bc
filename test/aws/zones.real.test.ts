import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { stack } from '../../examples/aws-compute/app';
import { ACCOUNT, EmulatedAccount, REGION, reasonToSkip } from './emulator/emulator';
import { asList, asObject, type Json, resourcesOf } from './stack';

process.env.CDK_VALIDATION = 'false';
if (reasonToSkip !== undefined) process.stderr.write(`zones suite skipped: ${reasonToSkip}\n`);
const suite = reasonToSkip === undefined ? describe : describe.skip;

const ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:gvisor`;
const REFUSED = {
  Throw: { Error: 'Ec2.Ec2Exception', Cause: 'We currently do not have sufficient m7i.large capacity' },
};
/** What EC2 answers in each state, by the case's name. */
const CASES: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  first: { Run: started('i-1'), Look: seen('terminated') },
  second: { Run: REFUSED, Run2: started('i-2'), Look: seen('terminated') },
  none: { Run: REFUSED, Run2: REFUSED },
  unsure: { Run: { Throw: { Error: 'States.Timeout', Cause: '' } }, Run2: started('i-2') },
  endless: { Run: REFUSED, Run2: started('i-2'), Look: seen('running'), End: { Return: {} } },
};

suite('the launcher of instances, run by an interpreter of Step Functions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anchorhold-zones-'));
  let account: EmulatedAccount;

  beforeAll(async () => {
    const file = join(folder, 'answers.json');
    writeFileSync(file, JSON.stringify(answers()));
    account = await EmulatedAccount.start({ SFN_MOCK_CONFIG: file, SFN_WAIT_SCALE: '0' });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/launcher`;
    await call('CreateStateMachine', { name: 'gvisor', roleArn, definition: definition() });
  }, 60_000);

  afterAll(() => {
    account.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts one instance in the first zone that has room, and asks no other', async () => {
    expect(await run('first')).toEqual({ status: 'SUCCEEDED', entered: ['Run', 'Wait', 'Look'] });
  });

  test('asks the next zone when one refuses', async () => {
    expect(await run('second')).toEqual({ status: 'SUCCEEDED', entered: ['Run', 'Run2', 'Wait', 'Look'] });
  });

  test('fails with EC2’s own words when every zone refuses', async () => {
    expect(await run('none')).toEqual({ status: 'FAILED', error: 'Ec2.Ec2Exception', entered: ['Run', 'Run2'] });
  });

  test('asks no second zone when the first may have started one', async () => {
    expect(await run('unsure')).toEqual({ status: 'FAILED', error: 'States.Timeout', entered: ['Run'] });
  });

  test('ends an instance of the second zone when its time is over', async () => {
    expect(await run('endless')).toEqual({ status: 'SUCCEEDED', entered: ['Run', 'Run2', 'Wait', 'Look', 'End'] });
  });

  test('takes nothing from its caller, and starts nothing then', async () => {
    expect(await run('second', { input: 'x' })).toEqual({ status: 'FAILED', error: 'InputNotTaken', entered: [] });
  });

  /** Which states that do something were entered, each once, in order. */
  async function run(name: string, input: object = {}): Promise<object> {
    const started = await call('StartExecution', {
      stateMachineArn: `${ARN}#${name}`,
      name: `${name}-${Object.keys(input).length}`,
      input: JSON.stringify(input),
    });
    const { executionArn = '' } = started;
    let found = started;
    do {
      await new Promise((done) => setTimeout(done, 50));
      found = await call('DescribeExecution', { executionArn });
    } while (found.status === 'RUNNING');
    const names: (Json | undefined)[] = [];
    let page: Json | undefined;
    do {
      const token = page === undefined ? {} : { nextToken: page };
      const { events = [], nextToken } = await call('GetExecutionHistory', { executionArn, ...token });
      names.push(...asList(events).map((one) => asObject(asObject(one).stateEnteredEventDetails ?? {}).name));
      page = nextToken;
    } while (page !== undefined);
    const entered = [...new Set(names)].filter((one) => /^(?:Run2?|Wait|Look|End)$/.test(String(one)));
    return { status: found.status, ...(found.error === undefined ? {} : { error: found.error }), entered };
  }

  async function call(action: string, body: object): Promise<Readonly<Record<string, Json>>> {
    const answer = await fetch(account.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': `AWSStepFunctions.${action}`, 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${action}: ${await answer.text()}`);
    // JSON by the service's protocol.
    return (await answer.json()) as Readonly<Record<string, Json>>;
  }
});

/** The launcher's definition, each reference by its own name. */
function definition(): string {
  const machines = resourcesOf(Template.fromStack(stack), 'AWS::StepFunctions::StateMachine');
  const machine = machines.find((one) => JSON.stringify(one).includes('runInstances'));
  const [, parts] = asList(asObject(machine?.Properties.DefinitionString)['Fn::Join']);
  const words = asList(parts).map((part) =>
    typeof part === 'string' ? part : JSON.stringify(Object.values(part ?? {})),
  );
  return words
    .map((word) => (word === '["AWS::Partition"]' ? 'aws' : word.replaceAll(/^\[.*\]$/g, 'reference')))
    .join('');
}

/** In the format of Step Functions Local: each answer is given however often a state asks. */
function answers(): object {
  const all = Object.entries(CASES).flatMap(([name, states]) =>
    Object.entries(states).map(([state, answer]): [string, object] => [`${name}-${state}`, { '0-999': answer }]),
  );
  const cases = Object.entries(CASES).map(([name, states]) => [
    name,
    Object.fromEntries(Object.keys(states).map((state) => [state, `${name}-${state}`])),
  ]);
  return {
    StateMachines: { gvisor: { TestCases: Object.fromEntries(cases) as object } },
    MockedResponses: Object.fromEntries(all),
  };
}

function started(id: string): object {
  return { Return: { Instances: [{ InstanceId: id }] } };
}

function seen(state: string): object {
  return { Return: { Reservations: [{ Instances: [{ State: { Name: state } }] }] } };
}
