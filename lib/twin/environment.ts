import { buildClientEnvironment } from '../clients';
import type { Policy } from '../policy';
import { CELL_LINK } from './addresses';
import { AGENT_HOME } from './cell';

/** What the environment depends on. */
export interface EnvironmentOptions {
  readonly policy: Policy;
  readonly network: 'proxy' | 'none';
  /** PEM bundle in the cell: public roots and our authority. */
  readonly bundle: string;
  /** Our authority alone. */
  readonly authority: string;
  /** PKCS12 of the bundle for Java. @default - Java is left as it is */
  readonly trustStore?: string;
  /** Further variables; they can't undo the recipe. @default - none */
  readonly extra?: Readonly<Record<string, string>>;
}

export const GATEWAY_SOCKET = '/run/egress/gateway.sock';
export const FORWARD_SOCKET = '/run/egress/forward.sock';

/** The command's whole environment: nothing of the caller's is inherited. The user's `extra` can't undo the recipe. */
export function buildEnvironment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const { network, policy, bundle, authority, trustStore, extra } = options;
  const { proxy, gatewayPort, forwardPort } = CELL_LINK;
  const clients = buildClientEnvironment({
    policy,
    bundle,
    authority,
    ...(trustStore === undefined ? {} : { trustStore }),
    ...(network === 'proxy'
      ? { gateway: `http://${proxy}:${gatewayPort}`, forwardProxy: { host: proxy, port: forwardPort } }
      : { gateway: 'http://egress' }),
  });
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: AGENT_HOME,
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    ...extra,
    ...clients,
    ...(network === 'none' && clients['ANTHROPIC_BASE_URL'] ? { ANTHROPIC_UNIX_SOCKET: GATEWAY_SOCKET } : {}),
  };
}
