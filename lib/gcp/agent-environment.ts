import { buildClientEnvironment } from '../clients';
import type { Policy } from '../policy';
import type { AgentTrust } from './agent-trust';
import { FORWARD_PROXY_PORT, GATEWAY_PORT } from './ports';

const VERTEX = /^(?:(?<region>[a-z0-9-]+)-)?aiplatform\.googleapis\.com$/;

/** What makes common clients use the proxy at `address`, and trust it where there is something to trust. Holds no secret. */
export function agentEnvironment(
  policy: Policy,
  address: string,
  trust?: AgentTrust,
): Readonly<Record<string, string>> {
  const gateway = `http://${address}:${GATEWAY_PORT}`;
  const common = buildClientEnvironment({
    policy,
    gateway,
    forwardProxy: { host: address, port: FORWARD_PROXY_PORT },
    bundle: trust?.bundle ?? '',
    authority: trust?.authority ?? '',
  });
  // A variable that names no file would take the public roots from clients.
  const found = Object.entries(common).filter(([, value]) => value !== '');
  return { HOME: '/tmp', ...Object.fromEntries(found), ...vertexVariables(policy, gateway) };
}

function vertexVariables({ upstreams }: Policy, gateway: string): Record<string, string> {
  for (const upstream of upstreams) {
    const found = VERTEX.exec(upstream.host);
    if (!found || upstream.tls !== 'intercept' || upstream.prefix === undefined) continue;
    return {
      ANTHROPIC_VERTEX_BASE_URL: `${gateway}${upstream.prefix}/v1`,
      CLAUDE_CODE_USE_VERTEX: '1',
      // The client sends no token: the proxy has its own.
      CLAUDE_CODE_SKIP_VERTEX_AUTH: '1',
      CLOUD_ML_REGION: found.groups?.region ?? 'global',
    };
  }
  return {};
}
