import type { Policy } from '../policy';
import { FORWARD_PROXY_PORT, GATEWAY_PORT } from './ports';

/** Not a secret: clients want some value, and the proxy throws it away. */
const PLACEHOLDER = 'placeholder-the-proxy-holds-the-real-one';
const VERTEX = /^(?:(?<region>[a-z0-9-]+)-)?aiplatform\.googleapis\.com$/;

/** What makes common clients use the proxy at `address`. Holds no secret. */
export function agentEnvironment(policy: Policy, address: string): Readonly<Record<string, string>> {
  const proxy = `http://${address}:${FORWARD_PROXY_PORT}`;
  // Without the proxy itself in the exceptions, base-URL calls would go to the CONNECT listener.
  const direct = `localhost,127.0.0.1,${address}`;
  return {
    HOME: '/tmp',
    ...both('https_proxy', proxy),
    ...both('http_proxy', proxy),
    ...both('wss_proxy', proxy),
    ...both('no_proxy', direct),
    NODE_USE_ENV_PROXY: '1',
    ...baseUrls(policy, `http://${address}:${GATEWAY_PORT}`),
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
    const vertex = VERTEX.exec(upstream.host);
    if (vertex) {
      variables.ANTHROPIC_VERTEX_BASE_URL = `${gateway}${upstream.prefix}/v1`;
      variables.CLAUDE_CODE_USE_VERTEX = '1';
      // The client sends no token: the proxy has its own.
      variables.CLAUDE_CODE_SKIP_VERTEX_AUTH = '1';
      variables.CLOUD_ML_REGION = vertex.groups?.region ?? 'global';
    }
  }
  return variables;
}
