import { ComputeRegionHealthCheck } from '@cdktf/provider-google/lib/compute-region-health-check';
import { ComputeRegionInstanceGroupManager } from '@cdktf/provider-google/lib/compute-region-instance-group-manager';
import { ComputeRegionInstanceTemplate } from '@cdktf/provider-google/lib/compute-region-instance-template';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import { WORKLOAD_LABEL } from '../proof';
import { type EgressNetwork, PROXY_TAG } from './egress-network';
import { GATEWAY_PORT } from './ports';

/** Zones of a region: a group that spreads over them replaces as many machines at once, or none. */
const ZONES = 3;
/** An image of Container-Optimized OS is a name, never a family: a family moves to other bytes. */
export const MACHINE_IMAGE = 'projects/cos-cloud/global/images/cos-stable-121-18867-199-4';
const FIXED_IMAGE = /^projects\/[^/]+\/global\/images\/[a-z][-a-z0-9]*[a-z0-9]$/;

export interface ProxyMachinesProps {
  readonly network: EgressNetwork;
  readonly userData: string;
  /** E-mail of the machines' account. */
  readonly account: string;
  /** @default 'e2-small' */
  readonly machineType?: string;
  /** `projects/P/global/images/NAME`, of Container-Optimized OS. @default MACHINE_IMAGE */
  readonly machineImage?: string;
  /** Machines, spread over the region's zones. @default 3 */
  readonly count?: number;
}

/** The proxy's machines: Container-Optimized OS, shielded, no public address, replaced one by one behind the load balancer. */
export class ProxyMachines extends Construct {
  readonly group: ComputeRegionInstanceGroupManager;
  readonly healthCheck: ComputeRegionHealthCheck;

  constructor(scope: Construct, id: string, props: ProxyMachinesProps) {
    super(scope, id);
    const { location, name } = props.network;
    const common = { name: `${name}-proxy`, ...location };
    // Envoy listens only once the keeper has had every credential: its own readiness would say yes without a single one.
    this.healthCheck = new ComputeRegionHealthCheck(this, 'Readiness', {
      ...common,
      checkIntervalSec: 5,
      timeoutSec: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      httpHealthCheck: { port: GATEWAY_PORT, requestPath: AUTHORITY_PATH, portSpecification: 'USE_FIXED_PORT' },
      logConfig: { enable: true },
    });
    this.group = new ComputeRegionInstanceGroupManager(this, 'Group', {
      ...common,
      baseInstanceName: `${name}-proxy`,
      targetSize: props.count ?? ZONES,
      version: [{ instanceTemplate: this.template(props).selfLink }],
      updatePolicy: {
        type: 'PROACTIVE',
        minimalAction: 'REPLACE',
        replacementMethod: 'SUBSTITUTE',
        maxSurgeFixed: ZONES,
        maxUnavailableFixed: 0,
      },
      // With it a replacement waits until the new machine serves; the delay, so that a missing secret doesn't remake machines for ever.
      autoHealingPolicies: { healthCheck: this.healthCheck.id, initialDelaySec: 3600 },
      instanceLifecyclePolicy: { forceUpdateOnRepair: 'NO', defaultActionOnFailure: 'REPAIR' },
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
