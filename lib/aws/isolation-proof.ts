import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import type { Policy } from '../policy';
import { type Finding, prove } from '../proof';

export interface IsolationProofProps {
  /** Facts the templates don't say, by the id that `anchorhold prove` prints. @default - none */
  readonly assume?: readonly string[];
  /** Policies of the proxies: what their upstreams need is what a proxy may dial. @default - 443, or `proxyPorts` */
  readonly policies?: readonly Policy[];
  /** Further TCP ports a proxy may dial. @default - those of `policies`; [443] without them */
  readonly proxyPorts?: readonly number[];
  /** Accepted findings: a parsed document of `schemas/baseline.schema.json`. @default - none */
  readonly baseline?: unknown;
  /** The day for which the baseline is read, as 2027-01-31. @default - today, in UTC */
  readonly today?: string;
}

/**
 * Runs `anchorhold prove` over what is synthesized: `Validations.of(app).addPlugins(new IsolationProof())`. It reads the
 * templates' files, so whatever an aspect, an injector or an escape hatch did is seen; what is open, and what can't be
 * proved closed, fails the synthesis. So does a template or a baseline that can't be read, and an entry that is out of date.
 */
export class IsolationProof implements IPolicyValidationPlugin {
  readonly name = 'anchorhold';
  readonly ruleIds = ['isolation-open', 'isolation-unproven', 'isolation-baseline', 'isolation-unread'];

  constructor(private readonly props: IsolationProofProps = {}) {}

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = templatePaths.map((path) => ({
      name: basename(path),
      // Untyped JSON: the proof takes anything and judges it.
      document: JSON.parse(readFileSync(path, 'utf8')) as unknown,
    }));
    const today = this.props.today ?? new Date().toISOString().slice(0, 10);
    const report = prove(templates, { ...this.props, today });
    const templatePath = templatePaths[0] ?? '';
    const violations = [
      ...report.findings
        .filter(({ verdict, accepted }) => verdict !== 'closed' && !accepted)
        .map((finding) => violationOf(finding, templatePath)),
      ...report.lapsed.map((entry) => ({
        ...violation('isolation-baseline', `${entry.id}, ${entry.why}: ${entry.says}`, templatePath, entry.workload),
        fix: 'mend the baseline',
      })),
      ...report.problems.map(({ message, where }) => violation('isolation-unread', message, templatePath, where)),
    ];
    return { success: violations.length === 0 && report.remaining === 'closed', violations };
  }
}

function violation(ruleName: string, description: string, templatePath: string, id: string): PolicyViolation {
  const violatingResources = [{ resourceLogicalId: id, templatePath, locations: [] }];
  return { ruleName, description, severity: 'error', violatingResources };
}

function violationOf(finding: Finding, templatePath: string): PolicyViolation {
  const missing = finding.missing?.map(({ id, says }) => `${says} (assume ${id})`).join('; ');
  return {
    ruleName: `isolation-${finding.verdict}`,
    description: `${finding.workload} to ${finding.destination}: ${finding.reason}`,
    fix: finding.change ?? missing ?? 'see `anchorhold prove`',
    severity: 'error',
    violatingResources: [
      {
        resourceLogicalId: finding.workload,
        templatePath,
        locations: finding.path.map(({ id, by }) => `${id} ${by}`),
      },
    ],
  };
}
