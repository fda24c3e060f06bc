import { ComputeRegionHealthCheck } from '@cdktf/provider-google/lib/compute-region-health-check';
import { ComputeRegionInstanceGroupManager } from '@cdktf/provider-google/lib/compute-region-instance-group-manager';
import { ComputeRegionInstanceTemplate } from '@cdktf/provider-google/lib/compute-region-instance-template';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import { WORKLOAD_LABEL } from '../proof';
import { type EgressNetwork, PROXY_TAG } from './egress-network';
import { GATEWAY_PORT } from './ports';
import { type FleetSize, ProxyScaling, sizeOfFleetProblems } from './proxy-scaling';
import { refuse } from './refusal';

/** Zones of a region: a group that spreads over them replaces as many machines at once, or none. */
const ZONES = 3;
/** What the load balancer asks: a machine that doesn't answer for 15 seconds gets no new connection. */
const READINESS = { checkIntervalSec: 5, timeoutSec: 5, healthyThreshold: 2, unhealthyThreshold: 3 } as const;
/** What healing asks: only a machine that hasn't served for ten minutes is made anew, not one that starts Envoy again or is busy. */
const LIVENESS = { checkIntervalSec: 60, timeoutSec: 30, healthyThreshold: 1, unhealthyThreshold: 10 } as const;
/** The longest the platform waits for a new machine before it heals it. */
const FIRST_HOUR = 3600;
/** An image of Container-Optimized OS is a name, never a family: a family moves to other bytes. */
export const MACHINE_IMAGE = 'projects/cos-cloud/global/images/cos-stable-121-18867-199-4';
const FIXED_IMAGE = /^projects\/[^/]+\/global\/images\/[a-z][-a-z0-9]*[a-z0-9]$/;

export interface ProxyMachinesProps extends FleetSize {
  readonly network: EgressNetwork;
  readonly userData: string;
  /** E-mail of the machines' account. */
  readonly account: string;
  /** @default 'e2-small' */
  readonly machineType?: string;
  /** `projects/P/global/images/NAME`, of Container-Optimized OS. @default MACHINE_IMAGE */
  readonly machineImage?: string;
}

/** The proxy's machines: Container-Optimized OS, shielded, no public address, replaced one by one behind the load balancer. */
export class ProxyMachines extends Construct {
  readonly group: ComputeRegionInstanceGroupManager;
  readonly healthCheck: ComputeRegionHealthCheck;

  constructor(scope: Construct, id: string, props: ProxyMachinesProps) {
    super(scope, id);
    const { location, name } = props.network;
    const common = { name: `${name}-proxy`, ...location };
    const least = props.count ?? ZONES;
    const most = props.most ?? 3 * least;
    refuse(sizeOfFleetProblems(least, most));
    this.healthCheck = this.addCheck('Readiness', 'proxy', props.network, READINESS);
    this.group = new ComputeRegionInstanceGroupManager(this, 'Group', {
      ...common,
      baseInstanceName: `${name}-proxy`,
      // Else Terraform and the autoscaler would each set it back.
      ...(most > least ? {} : { targetSize: least }),
      version: [{ instanceTemplate: this.template(props).selfLink }],
      updatePolicy: {
        type: 'PROACTIVE',
        minimalAction: 'REPLACE',
        replacementMethod: 'SUBSTITUTE',
        maxSurgeFixed: ZONES,
        maxUnavailableFixed: 0,
      },
      // It also holds a replacement until the new machine serves: one whose secrets are missing takes nobody's place.
      autoHealingPolicies: {
        healthCheck: this.addCheck('Liveness', 'proxy-live', props.network, LIVENESS).id,
        initialDelaySec: FIRST_HOUR,
      },
      instanceLifecyclePolicy: { forceUpdateOnRepair: 'NO', defaultActionOnFailure: 'REPAIR' },
    });
    if (most > least) new ProxyScaling(this, 'Scaling', { network: props.network, group: this.group, least, most });
  }

  /** Envoy listens only once the keeper has had every credential: its own readiness would say yes without a single one. */
  private addCheck(
    id: string,
    suffix: string,
    { location, name }: EgressNetwork,
    patience: typeof READINESS | typeof LIVENESS,
  ) {
    return new ComputeRegionHealthCheck(this, id, {
      name: `${name}-${suffix}`,
      ...location,
      ...patience,
      httpHealthCheck: { port: GATEWAY_PORT, requestPath: AUTHORITY_PATH, portSpecification: 'USE_FIXED_PORT' },
      logConfig: { enable: true },
    });
  }

  private template(props: ProxyMachinesProps): ComputeRegionInstanceTemplate {
    const { location, name, subnetworkId } = props.network;
    return new ComputeRegionInstanceTemplate(this, 'Template', {
      // A prefix: a new policy is a new template, made before the old one goes.
      namePrefix: `${name}-proxy-`,
      lifecycle: { createBeforeDestroy: true },
      ...location,
      machineType: props.machineType ?? 'e2-small',
      canIpForward: false,
      labels: { [WORKLOAD_LABEL]: 'proxy' },
      tags: [PROXY_TAG],
      // No accessConfig, not even an empty one: each gives a public address.
      networkInterface: [{ subnetwork: subnetworkId }],
      disk: [
        {
          sourceImage: fixedImage(props.machineImage ?? MACHINE_IMAGE),
          boot: true,
          autoDelete: true,
          diskSizeGb: 10,
          diskType: 'pd-balanced',
        },
      ],
      serviceAccount: { email: props.account, scopes: ['cloud-platform'] },
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      metadata: {
        'user-data': props.userData,
        'google-logging-enabled': 'true',
        'block-project-ssh-keys': 'true',
        'enable-oslogin': 'TRUE',
        'serial-port-enable': 'FALSE',
      },
    });
  }
}

function fixedImage(image: string): string {
  if (!FIXED_IMAGE.test(image)) {
    throw new Error(
      `machineImage: expected one image such as "${MACHINE_IMAGE}", got "${image}": a family moves to other bytes [machine-image-moves]`,
    );
  }
  return image;
}
