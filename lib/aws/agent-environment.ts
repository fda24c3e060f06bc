import { buildClientEnvironment } from '../clients';
import type { Policy } from '../policy';
import { BUNDLE_PATH, CERTIFICATE_PATH } from './agent-trust';
import { FORWARD_PROXY_PORT, GATEWAY_PORT } from './proxy-ports';

/** What makes common clients in the agent use the proxy and trust it. `name` is the proxy's own, a token or not. Holds no secret. */
export function agentEnvironment(policy: Policy, name: string): Readonly<Record<string, string>> {
  return {
    HOME: '/tmp',
    ...buildClientEnvironment({
      policy,
      gateway: `http://${name}:${GATEWAY_PORT}`,
      forwardProxy: { host: name, port: FORWARD_PROXY_PORT },
      bundle: BUNDLE_PATH,
      authority: CERTIFICATE_PATH,
    }),
  };
}
