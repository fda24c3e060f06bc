import { buildClientEnvironment } from '../clients';
import type { Policy } from '../policy';
import { BUNDLE_PATH, CERTIFICATE_PATH } from './agent-trust';
import { FORWARD_PROXY_PORT, GATEWAY_PORT } from './proxy-ports';

/** In the container: the program that carries its loopback into the sockets. */
const BRIDGE = '/run/anchorhold-bridge.mjs';
/** On the host and in the container: a socket for each of the proxy's ports. */
export const SOCKETS = '/run/anchorhold-window';
export const PROXY_PORTS = [GATEWAY_PORT, FORWARD_PROXY_PORT] as const;

export interface GvisorBundleProps {
  readonly policy: Policy;
  readonly command: readonly string[];
  readonly directory: string;
  readonly memoryBytes: number;
  readonly pids: number;
  /** On the host: where the bridge is. */
  readonly bridge: string;
}

/** The `config.json` that runsc starts the agent from: a user of its own, no capability, a root that can't be written, no network. */
export function gvisorBundle(props: GvisorBundleProps): object {
  const { policy, command, directory, memoryBytes, pids } = props;
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/tmp',
    ...buildClientEnvironment({
      policy,
      gateway: `http://127.0.0.1:${GATEWAY_PORT}`,
      forwardProxy: { host: '127.0.0.1', port: FORWARD_PROXY_PORT },
      bundle: BUNDLE_PATH,
      authority: CERTIFICATE_PATH,
    }),
  };
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 1000, gid: 1000 },
      args: ['node', BRIDGE, SOCKETS, PROXY_PORTS.join(','), ...command],
      env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      cwd: directory,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      rlimits: [{ type: 'RLIMIT_CORE', hard: 0, soft: 0 }],
      noNewPrivileges: true,
    },
    root: { path: 'rootfs', readonly: true },
    hostname: 'agent',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'noexec', 'mode=755'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
      bound('/run/anchorhold', '/run/anchorhold'),
      bound(SOCKETS, SOCKETS),
      bound(props.bridge, BRIDGE),
    ],
    linux: {
      // A network namespace of its own: with it empty, the flag of runsc isn't the only thing between the agent and the host's.
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'network'].map((type) => ({ type })),
      resources: { memory: { limit: memoryBytes }, pids: { limit: pids } },
    },
  };
}

function bound(source: string, destination: string): object {
  return { destination, type: 'bind', source, options: ['bind', 'ro', 'nosuid', 'nodev'] };
}
