/** The show as a page of text, and as one JSON document (`demo.schema.json`). */
import { printable, summaryTable } from '../../lib/cli';
import type { Outcome, Show } from './show';

/** Who is root of what, since it decides which protections are in force. */
export type User = 'root' | 'plain';

export function asText({ outcomes, checks, run, passed }: Show): string {
  const of = (expected: Outcome['expected']) => outcomes.filter((outcome) => outcome.expected === expected);
  return [
    'Allowed',
    ...of('allowed').map(line),
    '',
    'Refused',
    ...of('refused').map(line),
    '',
    'Seen',
    ...[...of('look'), ...checks].map(({ ok, name }) => mark(ok, name)),
    '',
    `What the proxy logged (${run.log}):`,
    summaryTable(run.summary).trimEnd(),
    ...run.notInForce.map((what) => `Not in force here: ${what}`),
    '',
    passed ? 'All of it came out as it must.' : 'NOT ALL OF IT came out as it must: see the lines marked NOT.',
    '',
    'Next:',
    '  node dist/bin/anchorhold.js explain examples/demo/policy.yaml GET https://api.model.example/v1/files',
    '                              why a request is allowed or refused',
    '  node dist/bin/anchorhold.js run --help',
    '                              your own command behind your own policy, on this machine',
    '  npx cdk synth               the same policy as an AWS stack; nothing is deployed',
    '',
  ].join('\n');
}

export function asDocument({ outcomes, checks, run, passed }: Show, user: User, milliseconds: number): string {
  const { summary, log, notInForce } = run;
  const document = {
    version: 1,
    command: 'demo',
    passed,
    user,
    milliseconds,
    outcomes,
    checks,
    summary,
    log,
    notInForce,
  };
  return `${JSON.stringify(document)}\n`;
}

function line({ ok, name, said, expected }: Outcome): string {
  return mark(ok, expected === 'refused' && said !== '' ? `${name}\n       ${printable(said).slice(0, 110)}` : name);
}

function mark(ok: boolean, text: string): string {
  return `${ok ? ' ok ' : 'NOT '} ${text}`;
}
