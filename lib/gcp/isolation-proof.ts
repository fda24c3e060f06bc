import { type App, TerraformStack } from 'cdktf';
import type { Policy } from '../policy';
import { type Finding, prove } from '../proof';

export interface IsolationProofProps {
  /** Facts the documents don't say, by the id that `anchorhold prove` prints. @default - none */
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
 * Runs `anchorhold prove` over what is synthesized: `IsolationProof.bind(app)` after the last stack. It reads the JSON of all
 * stacks together, so whatever an aspect or an override did is seen; what is open, and what can't be proved closed, fails
 * the synthesis.
 */
export class IsolationProof {
  private constructor(
    private readonly app: App,
    private readonly props: IsolationProofProps,
  ) {}

  /** @throws Error `proof-without-stack` when the app has no stack yet. */
  static bind(app: App, props: IsolationProofProps = {}): void {
    const proof = new IsolationProof(app, props);
    const stacks = proof.stacks();
    if (stacks.length === 0)
      throw new Error(
        'IsolationProof: expected an app with a stack, got none yet; bind it after the last stack [proof-without-stack]',
      );
    // Each: aspects of a stack are applied just before its own validation, and the last one sees them all.
    for (const stack of stacks) stack.node.addValidation({ validate: () => proof.problems() });
  }

  private stacks(): readonly TerraformStack[] {
    return this.app.node.findAll().filter((node): node is TerraformStack => TerraformStack.isStack(node));
  }

  private problems(): string[] {
    const documents = this.stacks().map((stack) => {
      // Untyped JSON: the proof takes anything and judges it.
      const document = JSON.parse(JSON.stringify(stack.toTerraform())) as unknown;
      return { name: stack.node.path, document };
    });
    const today = this.props.today ?? new Date().toISOString().slice(0, 10);
    const report = prove(documents, { ...this.props, today });
    const findings = report.findings.filter(({ verdict, accepted }) => verdict !== 'closed' && !accepted);
    const stale = report.lapsed.map(
      ({ id, why, says }) => `accepted finding ${id}, ${why}: ${says}; mend the baseline [isolation-baseline]`,
    );
    const unread = report.problems.map(({ message }) => `${message} [isolation-unread]`);
    const problems = [...findings.map(sentence), ...stale, ...unread];
    if (problems.length > 0 || report.remaining === 'closed') return problems;
    return ['IsolationProof: expected an agent in the app, got none: there is nothing to prove [isolation-unread]'];
  }
}

function sentence({ workload, destination, reason, verdict, path, change, missing }: Finding): string {
  const hops = path.map(({ id, by }) => `${id} (${by})`).join(' → ');
  const facts = missing?.map(({ id, says }) => `${says} (assume ${id})`).join('; ');
  return `${workload} to ${destination}: ${reason}, by ${hops}; ${change ?? facts ?? 'see anchorhold prove'} [isolation-${verdict}]`;
}
