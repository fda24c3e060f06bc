import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AgentParts, BuiltAgent } from './agent-compute';
import { refuseCredentialFiles } from './image-folder';
import { MicrovmAgent } from './microvm-agent';
import { MicrovmLauncher } from './microvm-launcher';
import { microvmResources } from './microvm-library';
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

/**
 * Makes the agent as an image of MicroVMs, and what starts one of them a run.
 * @throws Error `microvm-unsupported`, `base-image`, `run-timeout`, `image-holds-credentials`
 */
export function microvmBuilder(props: MicrovmComputeProps): (scope: Construct, parts: AgentParts) => BuiltAgent {
  microvmResources();
  refuseCredentialFiles(props.directory);
  const { directory, baseImage = 'al2023-1', baseImageVersion, architecture = 'ARM_64', memoryMiB = 4096 } = props;
  if (!VERSION.test(baseImageVersion) || !NAME.test(baseImage)) {
    throw new Error(
      `compute.baseImage: expected a name and a version such as "al2023-1" and "1.0", got "${baseImage}" and "${baseImageVersion}"; ` +
        'pin what you have reviewed [base-image]',
    );
  }
  const seconds = runSeconds(props.timeout ?? Duration.hours(1), Duration.hours(8));
  return (scope, parts) => {
    const image = { directory, baseImage, baseImageVersion, architecture, memoryMiB };
    const agent = new MicrovmAgent(scope, 'Agent', { ...parts, ...image });
    return { launcher: new MicrovmLauncher(scope, 'Launcher', { agent, seconds }) };
  };
}
