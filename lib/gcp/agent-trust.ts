import { AUTHORITY_PATH } from '../envoy';
import type { Policy } from '../policy';
import { GATEWAY_PORT } from './ports';

/** Where an agent's image has what its clients are to trust. */
export interface AgentTrust {
  /** Path of a PEM bundle: public roots and the proxy's authority. */
  readonly bundle: string;
  /** Path of the authority's certificate alone. */
  readonly authority: string;
}

const DIRECTORY = '/run/anchorhold';
/** What the container beside the agent writes. */
export const FETCHED: AgentTrust = { bundle: `${DIRECTORY}/bundle.pem`, authority: `${DIRECTORY}/authority.crt` };

/** Containers of one instance share their ports: an agent listens beside it. */
export const TRUST_PORT = 15020;
const NAME = 'trust';
/** A job is done when its containers are: this one goes once the platform has seen its port for a while. */
const SECONDS_IN_A_JOB = 30;

/** The container beside the agent, and what the agent needs of it. */
export interface TrustParts {
  readonly volume: { name: string; emptyDir: { medium: string; sizeLimit: string } };
  readonly volumeMount: { name: string; mountPath: string };
  readonly container: {
    readonly name: string;
    readonly image: string;
    readonly args: string[];
    readonly volumeMounts: { name: string; mountPath: string }[];
  };
  readonly limits: Record<string, string>;
  /** The container is ready when its port is open; the platform waits for it four minutes at most. */
  readonly startupProbe: {
    readonly tcpSocket: { port: number };
    readonly periodSeconds: number;
    readonly timeoutSeconds: number;
    readonly failureThreshold: number;
  };
}

/** Whether anything the agent reaches bears a certificate of the proxy's authority. */
export function needsTrust({ upstreams }: Policy): boolean {
  return upstreams.some(({ tls }) => tls === 'intercept');
}

/**
 * Brings the authority's certificate to the agent without touching its image and without a role for its account: keeper's
 * program, which holds nothing here, asks the proxy at `address` and writes into memory that both containers mount.
 */
export function trustParts(kind: string, address: string, keeperImage: string): TrustParts {
  const volumeMount = { name: NAME, mountPath: DIRECTORY };
  return {
    volume: { name: NAME, emptyDir: { medium: 'MEMORY', sizeLimit: '8Mi' } },
    volumeMount,
    container: {
      name: NAME,
      image: keeperImage,
      args: [
        ...['--trust-from', `http://${address}:${GATEWAY_PORT}${AUTHORITY_PATH}`],
        ...['--run-directory', DIRECTORY, '--ready-port', String(TRUST_PORT)],
        // Of a service or a pool the platform stops what has a container that ended.
        ...(kind === 'job' ? ['--ready-seconds', String(SECONDS_IN_A_JOB)] : []),
      ],
      volumeMounts: [volumeMount],
    },
    limits: { cpu: '1', memory: '512Mi' },
    startupProbe: { tcpSocket: { port: TRUST_PORT }, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 48 },
  };
}
