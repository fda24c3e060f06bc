import { findNamed, readAws } from './aws-model';
import { applyBaseline } from './baseline';
import type { Workload } from './aws-tasks';
import { CLAIMS } from './claims';
import { Assumptions, judge } from './judge';
import { type Finding, type JudgedWorkload, type ProofProblem, type Report, type Verdict, worst } from './report';
import type { TemplateInput } from './template';
import { Templates } from './templates';
import { sortTypes } from './types';

export interface ProveOptions {
  /** Logical ids of task definitions or services that are agents. @default - those marked in the template, else all that are no proxy */
  readonly agents?: readonly string[];
  /** Logical ids of task definitions or services that are the proxy. @default - those marked in the template */
  readonly proxies?: readonly string[];
  /** Facts to take as true, by their id, and values of parameters as `Name=value`. @default - none */
  readonly assume?: readonly string[];
  /** TCP ports the policy's upstreams need. @default [443] */
  readonly proxyPorts?: readonly number[];
  /** Accepted findings: a parsed document of `schemas/baseline.schema.json`. @default - none */
  readonly baseline?: unknown;
  /** The day for which the baseline is read, as 2027-01-31. @default - entries with a last day accept nothing */
  readonly today?: string;
}

/**
 * Judges every agent and proxy of the templates: what each can reach, by which path, and what stops it. Pure and total: any
 * JSON is answered, what can't be read is a problem of the report, and nothing that isn't known makes a verdict closed.
 */
export function prove(inputs: readonly TemplateInput[], options: ProveOptions = {}): Report {
  const assume = options.assume ?? [];
  const values = assume.filter((one) => one.includes('='));
  const templates = Templates.read(inputs, new Map(values.map(splitValue)));
  const model = readAws(templates, options);
  const assumptions = new Assumptions(new Set(assume.filter((one) => !one.includes('='))));
  const workloads = [...model.agents, ...model.proxies, ...model.tools];
  const judged = workloads.flatMap((workload) =>
    CLAIMS.filter((claim) => claim.of.includes(workload.kind)).flatMap((claim) =>
      claim.prove(model, workload, options).map((found) => judge(workload.id, claim, found, assumptions)),
    ),
  );
  const { findings, lapsed, problems: unread } = applyBaseline(judged, options);
  const problems = [...templates.problems, ...notFound(templates, options), ...unread];
  const whole: Verdict = model.agents.length > 0 && problems.length === 0 ? 'closed' : 'unproven';
  const verdictOf = (some: readonly Finding[]) => worst([whole, ...some.map(({ verdict }) => verdict)]);
  return {
    verdict: verdictOf(findings),
    remaining: verdictOf(findings.filter(({ accepted }) => !accepted)),
    workloads: workloads.map((workload) => judgedWorkload(workload, findings)),
    findings,
    assumed: [...assumptions.usedIds(), ...values].sort(),
    unusedAssumptions: assumptions.unusedIds(),
    lapsed,
    types: sortTypes(templates),
    problems,
  };
}

function notFound(templates: Templates, { agents = [], proxies = [] }: ProveOptions): ProofProblem[] {
  const named = [...agents.map((id) => ['--agent', id] as const), ...proxies.map((id) => ['--proxy', id] as const)];
  return named
    .filter(([, id]) => !findNamed(id, templates))
    .map(([option, id]) => ({
      where: `${option} ${id}`,
      code: 'workload-not-found',
      message: `${option} ${id}: expected the logical id of a task definition or service of the templates, got none that is [workload-not-found]`,
    }));
}

function splitValue(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function judgedWorkload({ id, kind, known, placements }: Workload, findings: readonly Finding[]): JudgedWorkload {
  const verdicts = findings.filter(({ workload }) => workload === id).map(({ verdict }) => verdict);
  const places = placements.map(({ id: by, segments }) => ({
    by,
    networks: [...new Set(segments.map(({ network }) => network))],
    subnets: [...new Set(segments.map((segment) => segment.id))],
  }));
  return { id, kind, known, verdict: worst(verdicts), places };
}
