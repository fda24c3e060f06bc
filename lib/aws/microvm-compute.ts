import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AgentParts, BuiltAgent } from './agent-compute';
import { MicrovmAgent } from './microvm-agent';
import { MicrovmLauncher } from './microvm-launcher';
import { runSeconds } from './run-role';

export interface MicrovmComputeProps {
  /** A folder with a Dockerfile and all that its build needs: the build reaches no more than a run does. */
  readonly directory: string;
  /** Name of AWS's base image, as `aws lambda-microvms list-managed-microvm-images` lists it. @default 'al2023-1' */
  readonly baseImage?: string;
  /** Version of the base image, reviewed like a digest. */
  readonly baseImageVersion: string;
  /** @default 'ARM_64' */
  readonly architecture?: 'ARM_64' | 'X86_64';
  /** @default 4096 */
  readonly memoryMiB?: number;
  /** A run is ended after this time, whether its work is done or not: 1 minute to 8 hours. @default 1 hour */
  readonly timeout?: Duration;
}

const VERSION = /^[0-9]+(?:\.[0-9]+)?$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** The agent as an image of MicroVMs, and what starts one of them a run. */
export function buildMicrovm(scope: Construct, parts: AgentParts, props: MicrovmComputeProps): BuiltAgent {
  const { baseImage = 'al2023-1', baseImageVersion } = props;
  if (!VERSION.test(baseImageVersion) || !NAME.test(baseImage)) {
    throw new Error(
      `compute.baseImage: expected a name and a version such as "al2023-1" and "1.0", got "${baseImage}" and "${baseImageVersion}"; ` +
        'pin what you have reviewed [base-image]',
    );
  }
  const seconds = runSeconds(props.timeout ?? Duration.hours(1), Duration.hours(8));
  const agent = new MicrovmAgent(scope, 'Agent', {
    ...parts,
    directory: props.directory,
    baseImage,
    baseImageVersion,
    architecture: props.architecture ?? 'ARM_64',
    memoryMiB: props.memoryMiB ?? 4096,
  });
  return { launcher: new MicrovmLauncher(scope, 'Launcher', { agent, seconds }) };
}
