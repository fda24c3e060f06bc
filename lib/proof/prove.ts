import type { Policy } from '../policy';
import { allNamed, readAws } from './aws-model';
import { applyBaseline } from './baseline';
import type { Workload } from './aws-tasks';
import { CLAIMS } from './claims';
import { GCP_CLAIMS } from './gcp-claims';
import { allGcpNamed, readGcp } from './gcp-model';
import { sortGcpTypes } from './gcp-types';
import type { GcpWorkload } from './gcp-workloads';
import { Assumptions, judge } from './judge';
import { type Finding, type JudgedWorkload, type ProofProblem, type Report, type Verdict, worst } from './report';
import type { TemplateInput } from './template';
import { Templates } from './templates';
import { isTerraform, Terraform } from './terraform';
import { translateAws } from './terraform-aws/translate';
import { reworded } from './terraform-aws/wording';
import { sortTypes } from './types';

export interface ProveOptions {
  /** Logical ids of task definitions or services that are agents. @default - those marked in the template, else all that are no proxy */
  readonly agents?: readonly string[];
  /** Logical ids of task definitions or services that are the proxy. @default - those marked in the template */
  readonly proxies?: readonly string[];
  /** Facts to take as true, by their id, and values of parameters as `Name=value`. @default - none */
  readonly assume?: readonly string[];
  /** TCP ports the policy's upstreams need, to any address. @default - those of `policies`; [443] without them */
  readonly proxyPorts?: readonly number[];
  /** Policies of the proxies: ports and addresses of their upstreams are what a proxy needs. @default - `proxyPorts` alone says it */
  readonly policies?: readonly Policy[];
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
  const stated = new Map(values.map(splitValue));
  const read = readInputs(inputs, stated);
  const { templates, terraform } = read;
  const assumptions = new Assumptions(new Set(assume.filter((one) => !one.includes('='))));
  const { workloads, judged } = judgeAll(read, options, assumptions);
  const { findings, lapsed, problems: unread } = applyBaseline(judged, options);
  const problems = [...templates.problems, ...terraform.problems, ...misnamed(read, options), ...unread];
  const whole: Verdict =
    workloads.some(({ kind }) => kind === 'agent') && problems.length === 0 ? 'closed' : 'unproven';
  const verdictOf = (some: readonly Finding[]) => worst([whole, ...some.map(({ verdict }) => verdict)]);
  return {
    verdict: verdictOf(findings),
    remaining: verdictOf(findings.filter(({ accepted }) => !accepted)),
    workloads: workloads.map((workload) => judgedWorkload(workload, findings)),
    findings,
    assumed: [...assumptions.usedIds(), ...values].sort(),
    unusedAssumptions: assumptions.unusedIds(),
    lapsed,
    types: mergedTypes(sortTypes(templates), sortGcpTypes(terraform)),
    problems,
  };
}

interface Inputs {
  readonly templates: Templates;
  readonly terraform: Terraform;
}

/** CloudFormation's templates and Terraform's documents, each read as what it is. */
function readInputs(inputs: readonly TemplateInput[], stated: ReadonlyMap<string, string>): Inputs {
  const documents = inputs.filter(isTerraform);
  const others = inputs.filter((input) => !isTerraform(input));
  const terraform = Terraform.read(documents, inputs.length > 1, stated);
  const translated = translateAws(terraform);
  return { templates: Templates.read(others, stated, inputs.length > 1, translated), terraform };
}

type Judging = Pick<JudgedWorkload, 'id' | 'kind' | 'cloud' | 'known' | 'places'>;

function judgeAll(
  { templates, terraform }: Inputs,
  options: ProveOptions,
  assumptions: Assumptions,
): { workloads: readonly Judging[]; judged: Finding[] } {
  const aws = readAws(templates, options);
  const onAws = [...aws.agents, ...aws.proxies, ...aws.tools];
  const gcp = readGcp(terraform, options);
  const onGcp = [...gcp.agents, ...gcp.proxies, ...gcp.tools];
  const judged = onAws.flatMap((workload) =>
    CLAIMS.filter((claim) => claim.of.includes(workload.kind)).flatMap((claim) =>
      claim
        .prove(aws, workload, options)
        .map((found) => reworded(judge(workload.id, claim, found, assumptions), templates)),
    ),
  );
  const also = onGcp.flatMap((workload) =>
    GCP_CLAIMS.filter((claim) => claim.of === workload.kind).flatMap((claim) =>
      claim.prove(gcp, workload, options).map((found) => judge(workload.id, claim, found, assumptions)),
    ),
  );
  const workloads = [
    ...onAws.map((workload) => ({ ...workload, cloud: 'aws' as const, places: awsPlaces(workload) })),
    ...onGcp.map((workload) => ({ ...workload, cloud: 'gcp' as const, places: gcpPlaces(workload) })),
  ];
  return { workloads, judged: [...judged, ...also] };
}

function mergedTypes(one: Report['types'], other: Report['types']): Report['types'] {
  return { inert: { ...one.inert, ...other.inert }, unknown: { ...one.unknown, ...other.unknown } };
}

/** Names of workloads that are none, or may be several. */
function misnamed({ templates, terraform }: Inputs, { agents = [], proxies = [] }: ProveOptions): ProofProblem[] {
  const named = [...agents.map((id) => ['--agent', id] as const), ...proxies.map((id) => ['--proxy', id] as const)];
  return named.flatMap(([option, id]): ProofProblem[] => {
    const found = [...allNamed(id, templates), ...allGcpNamed(id, terraform)].map((one) => one.id);
    const problem = (code: string, says: string) => [
      { where: `${option} ${id}`, code, message: `${option} ${id}: expected ${says} [${code}]` },
    ];
    if (found.length === 0)
      return problem(
        'workload-not-found',
        'the logical id of a task definition or service of the templates, or the address of a Cloud Run workload or of its machines, got none that is',
      );
    if (found.length === 1) return [];
    return problem('workload-ambiguous', `one workload, got ${found.length}: write which, ${found.join(' or ')}`);
  });
}

function splitValue(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function awsPlaces({ placements }: Workload): JudgedWorkload['places'] {
  return placements.map(({ id: by, segments }) => ({
    by,
    networks: [...new Set(segments.map(({ network }) => network))],
    subnets: [...new Set(segments.map((segment) => segment.id))],
  }));
}

function gcpPlaces({ id, attachments }: GcpWorkload): JudgedWorkload['places'] {
  return attachments.map(({ network, subnet }) => ({
    by: id,
    networks: [network.id],
    subnets: subnet ? [subnet.id] : [],
  }));
}

function judgedWorkload({ id, kind, cloud, known, places }: Judging, findings: readonly Finding[]): JudgedWorkload {
  const verdicts = findings.filter(({ workload }) => workload === id).map(({ verdict }) => verdict);
  return { id, kind, cloud, known, verdict: worst(verdicts), places };
}
