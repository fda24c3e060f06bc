import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AgentParts, BuiltAgent } from './agent-compute';
import { GvisorAgent } from './gvisor-agent';
import { GvisorLauncher } from './gvisor-launcher';
import { runSeconds } from './run-role';

export interface GvisorComputeProps {
  /** Id of the machine image that holds what `gvisorMachineFiles` answers, runsc, and the agent's root file system. */
  readonly machineImage: string;
  /** @default 'm7i.large' */
  readonly instanceType?: string;
  /** The root device of the machine image, whose volume is made encrypted. @default '/dev/xvda' */
  readonly rootDevice?: string;
  /** A run's instance is ended after this time at the latest: 1 minute to 24 hours. @default 8 hours */
  readonly timeout?: Duration;
}

const MACHINE_IMAGE = /^ami-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * Makes the agent as a launch template, and what starts one instance of it a run.
 * @throws Error `machine-image-not-pinned`, `run-timeout`
 */
export function gvisorBuilder(props: GvisorComputeProps): (scope: Construct, parts: AgentParts) => BuiltAgent {
  if (!MACHINE_IMAGE.test(props.machineImage)) {
    throw new Error(
      `compute.machineImage: expected the id of a machine image such as "ami-0123456789abcdef0", got "${props.machineImage}": a name or a ` +
        'parameter that is looked up at each start is other bytes after the review; pin the id you have built [machine-image-not-pinned]',
    );
  }
  const seconds = runSeconds(props.timeout ?? Duration.hours(8), Duration.hours(24));
  const { machineImage, instanceType = 'm7i.large', rootDevice = '/dev/xvda' } = props;
  return (scope, parts) => {
    const agent = new GvisorAgent(scope, 'Agent', { ...parts, machineImage, instanceType, rootDevice });
    return { launcher: new GvisorLauncher(scope, 'Launcher', { agent, seconds }) };
  };
}
