import {
  Capability,
  type ContainerDefinition,
  ContainerDependencyCondition,
  type FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { AUTHORITY_PATH } from '../envoy';
import { GATEWAY_PORT } from './proxy-ports';
import type { AgentNetwork } from './agent-network';
import type { PinnedImage } from './pinned-image';
import type { ProxyWindow } from './proxy-window';

const DIRECTORY = '/run/anchorhold';
/** In the agent: public roots and the proxy's authority, PEM. */
export const BUNDLE_PATH = `${DIRECTORY}/bundle.pem`;
/** In the agent: the authority's certificate alone, PEM. */
export const CERTIFICATE_PATH = `${DIRECTORY}/authority.crt`;
/** User of the keeper's image, which owns the directory there: Fargate gives a fresh volume to whom the image says. */
export const KEEPER_USER = '101:101';

export interface AgentTrustProps {
  readonly definition: FargateTaskDefinition;
  readonly agent: ContainerDefinition;
  /** The keeper's image: it fetches the certificate and holds no secret here. */
  readonly keeper: PinnedImage;
  /** Name of the proxy in the agents' network. */
  readonly proxyName: string;
  readonly logGroup: ILogGroup;
}

/**
 * Brings the authority's certificate to the agent without touching its image: a container that runs first, asks the
 * proxy, writes into a volume that the agent mounts read-only, and ends. The agent starts only if that went well.
 */
export class AgentTrust extends Construct {
  constructor(scope: Construct, id: string, props: AgentTrustProps) {
    super(scope, id);
    props.definition.addVolume({ name: 'trust' });
    const linuxParameters = new LinuxParameters(this, 'Linux', { initProcessEnabled: false });
    linuxParameters.dropCapabilities(Capability.ALL);
    const trust = props.definition.addContainer('trust', {
      image: props.keeper.image,
      command: [
        '--trust-from',
        `http://${props.proxyName}:${GATEWAY_PORT}${AUTHORITY_PATH}`,
        '--run-directory',
        DIRECTORY,
      ],
      essential: false,
      user: KEEPER_USER,
      readonlyRootFilesystem: true,
      privileged: false,
      linuxParameters,
      logging: LogDrivers.awsLogs({ streamPrefix: 'trust', logGroup: props.logGroup }),
    });
    trust.addMountPoints({ containerPath: DIRECTORY, sourceVolume: 'trust', readOnly: false });
    props.agent.addMountPoints({ containerPath: DIRECTORY, sourceVolume: 'trust', readOnly: true });
    props.agent.addContainerDependencies({ container: trust, condition: ContainerDependencyCondition.SUCCESS });
  }
}

/** Brings the authority of the proxy behind a window to a task; where nothing is intercepted there is none to trust. */
export function addTrust(
  scope: Construct,
  props: Pick<AgentTrustProps, 'definition' | 'agent' | 'logGroup'> & {
    readonly window: ProxyWindow;
    readonly network: AgentNetwork;
  },
): void {
  const { window, network, definition, agent, logGroup } = props;
  const { policy, keeper } = window.proxy;
  if (!policy.upstreams.some(({ tls }) => tls === 'intercept')) return;
  new AgentTrust(scope, 'Trust', { definition, agent, keeper, proxyName: window.name, logGroup });
  if (keeper.repository) network.endpoints.allowPull(keeper.repository);
}
