import { ComputeRegionAutoscaler } from '@cdktf/provider-google/lib/compute-region-autoscaler';
import type { ComputeRegionInstanceGroupManager } from '@cdktf/provider-google/lib/compute-region-instance-group-manager';
import { Construct } from 'constructs';
import type { EgressNetwork } from './egress-network';

/** Part of the machines' processors that may be busy before one more is made. */
const BUSY = 0.6;
/** Seconds until a new machine serves: image, secrets, certificates. */
const WARM_UP_SECONDS = 180;
/** One machine less in as long as the load balancer lets a leaving one's streams go on, so that no two drain at once. */
const SCALE_IN = { machines: 1, seconds: 3600 } as const;

/** How many machines a proxy has. */
export interface FleetSize {
  /** @default 3, one in each zone */
  readonly count?: number;
  /** The most there may be while processors are busy; as many as `count`: always that many. @default - three times `count` */
  readonly most?: number;
}

export interface ProxyScalingProps {
  readonly network: EgressNetwork;
  readonly group: ComputeRegionInstanceGroupManager;
  readonly least: number;
  readonly most: number;
}

/** Makes more machines while the proxy's are busy, and takes one away at a time, after its streams have had their hour. */
export class ProxyScaling extends Construct {
  constructor(scope: Construct, id: string, props: ProxyScalingProps) {
    super(scope, id);
    const { location, name } = props.network;
    new ComputeRegionAutoscaler(this, 'Autoscaler', {
      name: `${name}-proxy`,
      ...location,
      target: props.group.id,
      autoscalingPolicy: {
        mode: 'ON',
        minReplicas: props.least,
        maxReplicas: props.most,
        cooldownPeriod: WARM_UP_SECONDS,
        cpuUtilization: { target: BUSY, predictiveMethod: 'NONE' },
        scaleInControl: { maxScaledInReplicas: { fixed: SCALE_IN.machines }, timeWindowSec: SCALE_IN.seconds },
      },
    });
  }
}

/** What is wrong with a size, a sentence each. */
export function sizeOfFleetProblems(least: number, most: number): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(least) || least < 1 || least > 100)
    problems.push(`count: expected a whole number of machines from 1 to 100, got ${least} [count-invalid]`);
  else if (!Number.isInteger(most) || most < least || most > 1000)
    problems.push(
      `most: expected a whole number of machines from count (${least}) to 1000, got ${most}; leave it out for three times as many [count-invalid]`,
    );
  return problems;
}
