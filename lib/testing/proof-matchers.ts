import { type Finding, prove, type ProveOptions, type Report, type TemplateInput } from '../proof';
import type { MatcherResult } from './policy-matchers';
import { templatesOf } from './templates';

/** Beside the agent's name, what `prove` takes. `today` is the day of the test's run. */
export type ConfineOptions = Omit<ProveOptions, 'agents'>;

/**
 * Matcher for `expect.extend`, of jest and of vitest: `expect(Template.fromStack(stack)).toConfine('Agent')`. It holds when
 * every finding on the agent and its proxy is closed or accepted and no entry of the baseline is out of date. `.not` holds
 * only when something is shown to be open: a fact that is missing shows nothing.
 */
export const proofMatchers = {
  toConfine(
    this: { readonly isNot?: boolean } | void,
    received: unknown,
    agent?: string,
    options: ConfineOptions = {},
  ): MatcherResult {
    const report = judge(templatesOf(received), agent, {
      today: new Date().toISOString().slice(0, 10),
      ...options,
    });
    const confined = report.remaining === 'closed' && report.lapsed.length === 0;
    const negated = this?.isNot === true;
    const name = agent ?? 'its agents';
    if (!negated) return { pass: confined, message: () => failure(name, report) };
    const shownOpen = report.remaining === 'open';
    return { pass: !shownOpen, message: () => notOpen(name, report) };
  },
};

function judge(templates: readonly TemplateInput[], agent: string | undefined, options: ConfineOptions): Report {
  const named = agent === undefined ? undefined : prove(templates, { ...options, agents: [agent] });
  if (named && !named.problems.some(({ code }) => code === 'workload-not-found')) return sound(named);
  const all = sound(prove(templates, options));
  const agents = all.workloads.filter(({ kind }) => kind === 'agent').map(({ id }) => id);
  const known = agents.length === 0 ? 'there is none' : `there are ${agents.join(', ')}`;
  if (agent === undefined && agents.length > 0) return all;
  const [only, ...others] = agents.filter((id) => agent !== undefined && beginsWith(id, agent));
  if (only === undefined)
    throw new TypeError(`expected an agent ${agent === undefined ? '' : `${agent} `}in the template: ${known}`);
  if (others.length > 0)
    throw new TypeError(
      `expected one agent ${agent}, got ${[only, ...others].join(' and ')}: name one by its logical id`,
    );
  return sound(prove(templates, { ...options, agents: [only] }));
}

/**
 * The CDK and CDKTF make a logical id of the ids on the way to a construct and a hash; Terraform's address has its type first.
 */
function beginsWith(id: string, name: string): boolean {
  const letters = (text: string) => text.replace(/[^A-Za-z0-9]/g, '');
  const logicalId = id.slice(id.lastIndexOf('/') + 1);
  const named = logicalId.slice(logicalId.lastIndexOf('.') + 1);
  return letters(name) !== '' && letters(named).startsWith(letters(name));
}

function sound(report: Report): Report {
  if (report.problems.length === 0) return report;
  throw new TypeError(report.problems.map(({ message }) => message).join('\n'));
}

function failure(agent: string, { findings, lapsed }: Report): string {
  const left = findings.filter(({ verdict, accepted }) => verdict !== 'closed' && !accepted);
  return [
    `expected the template to confine ${agent}, got ${count(left, 'open')} open and ${count(left, 'unproven')} unproven`,
    ...left.map(told),
    ...lapsed.map(({ id, why, says }) => `${why} in the baseline: ${id}: ${says}`),
  ].join('\n\n');
}

function told({ id, verdict, claim, workload, destination, reason, path, change, missing }: Finding): string {
  return [
    `${verdict}: ${claim}, ${workload} → ${destination}: ${reason}`,
    ...path.map((hop, index) => `  ${index === 0 ? 'from' : '  →'} ${hop.id}  (${hop.by})`),
    ...(missing ?? []).map((fact) => `  missing: ${fact.says} (assume '${fact.id}')`),
    ...(change === undefined ? [] : [`  change: ${change}`]),
    `  id: ${id}`,
  ].join('\n');
}

function notOpen(agent: string, { remaining, findings }: Report): string {
  const unproven = findings.filter(({ verdict, accepted }) => verdict === 'unproven' && !accepted);
  const got = remaining === 'closed' ? 'every finding closed or accepted' : 'none shown open, only facts missing';
  return [`expected the template not to confine ${agent}, got ${got}`, ...unproven.map(told)].join('\n\n');
}

function count(findings: readonly Finding[], wanted: Finding['verdict']): number {
  return findings.filter(({ verdict }) => verdict === wanted).length;
}
