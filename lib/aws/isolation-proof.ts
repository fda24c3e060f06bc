import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type {
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
  PolicyViolation,
} from 'aws-cdk-lib';
import { type Finding, prove } from '../proof';

export interface IsolationProofProps {
  /** Facts the templates don't say, by the id that `anchorhold prove` prints. @default - none */
  readonly assume?: readonly string[];
}

/**
 * Runs `anchorhold prove` over what is synthesized: `Validations.of(app).addPlugins(new IsolationProof())`. It reads the
 * templates' files, so whatever an aspect, an injector or an escape hatch did is seen; what is open, and what can't be
 * proved closed, fails the synthesis.
 */
export class IsolationProof implements IPolicyValidationPlugin {
  readonly name = 'anchorhold';
  readonly ruleIds = ['isolation-open', 'isolation-unproven'];

  constructor(private readonly props: IsolationProofProps = {}) {}

  validate({ templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    const templates = templatePaths.map((path) => ({
      name: basename(path),
      // Untyped JSON: the proof takes anything and judges it.
      document: JSON.parse(readFileSync(path, 'utf8')) as unknown,
    }));
    const report = prove(templates, { assume: this.props.assume ?? [] });
    const violations = report.findings
      .filter(({ verdict }) => verdict !== 'closed')
      .map((finding) => violationOf(finding, templatePaths[0] ?? ''));
    return { success: violations.length === 0, violations };
  }
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
