import type { Policy } from '../policy';
import { FORWARD_PROXY_PORT, GATEWAY_PORT } from './egress-proxy';

/** Not a secret: clients want some value, and the proxy throws it away. */
const PLACEHOLDER = 'placeholder-the-proxy-holds-the-real-one';

/** What makes common clients use the proxy. `name` is the proxy's own, a token or not. Holds no secret. */
export function agentEnvironment(policy: Policy, name: string): Readonly<Record<string, string>> {
  const proxy = `http://${name}:${FORWARD_PROXY_PORT}`;
  // Without the proxy itself in the exceptions, base-URL calls would go to the CONNECT listener.
  const direct = `localhost,127.0.0.1,${name}`;
  return {
    HOME: '/tmp',
    ...both('https_proxy', proxy),
    ...both('http_proxy', proxy),
    ...both('wss_proxy', proxy),
    ...both('no_proxy', direct),
    NODE_USE_ENV_PROXY: '1',
    ...baseUrls(policy, `http://${name}:${GATEWAY_PORT}`),
  };
}

function both(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toUpperCase()]: value };
}

function baseUrls(policy: Policy, gateway: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const upstream of policy.upstreams) {
    if (upstream.tls !== 'intercept' || upstream.prefix === undefined) continue;
    if (upstream.host === 'api.anthropic.com') {
      variables.ANTHROPIC_BASE_URL = `${gateway}${upstream.prefix}`;
      variables.ANTHROPIC_API_KEY = PLACEHOLDER;
    }
    if (upstream.host === 'api.openai.com') {
      variables.OPENAI_BASE_URL = `${gateway}${upstream.prefix}/v1`;
      variables.OPENAI_API_KEY = PLACEHOLDER;
    }
  }
  return variables;
}
