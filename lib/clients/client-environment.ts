import type { Policy, Upstream } from '../policy';

/** Where clients find the proxy, and what they are told to trust. */
export interface ClientSite {
  readonly policy: Policy;
  /** Base-URL way, `http://host:port` without a slash at the end. */
  readonly gateway: string;
  /** CONNECT way. @default - no proxy variables are set */
  readonly forwardProxy?: { readonly host: string; readonly port: number };
  /** Path of a PEM bundle: public roots and the proxy's authority. */
  readonly bundle: string;
  /** Path of the authority's certificate alone. */
  readonly authority: string;
  /** Path of a PKCS12 of the bundle for Java. @default - Java trusts what it did */
  readonly trustStore?: string;
}

/** Not a secret: clients want some value, and the proxy throws it away. */
export const PLACEHOLDER = 'placeholder-the-proxy-holds-the-real-one';

/** Password of the trust store, which holds public certificates only; Java insists on one. */
export const TRUST_STORE_PASSWORD = 'changeit';

const BUNDLE_VARIABLES = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'AWS_CA_BUNDLE',
  'npm_config_cafile',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
] as const;

/** Variables that make common clients use the proxy and trust its authority. None holds a secret. */
export function buildClientEnvironment(site: ClientSite): Readonly<Record<string, string>> {
  return {
    ...buildProxyVariables(site.forwardProxy),
    NODE_USE_ENV_PROXY: '1',
    NODE_USE_SYSTEM_CA: '1',
    UV_SYSTEM_CERTS: '1',
    ...Object.fromEntries(BUNDLE_VARIABLES.map((name) => [name, site.bundle])),
    NODE_EXTRA_CA_CERTS: site.authority,
    ...buildJava(site),
    ...Object.fromEntries(site.policy.upstreams.flatMap((upstream) => Object.entries(variablesOf(upstream, site)))),
  };
}

function buildProxyVariables(proxy: ClientSite['forwardProxy']): Record<string, string> {
  if (proxy === undefined) return {};
  const url = `http://${proxy.host}:${proxy.port}`;
  // Without the proxy itself in the exceptions, base-URL calls would go to the CONNECT listener.
  const direct = `localhost,127.0.0.1,${proxy.host}`;
  return {
    ...both('https_proxy', url),
    ...both('http_proxy', url),
    ...both('wss_proxy', url),
    ...both('no_proxy', direct),
  };
}

function both(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toUpperCase()]: value };
}

function buildJava({ forwardProxy, trustStore }: ClientSite): Record<string, string> {
  const way =
    forwardProxy === undefined
      ? []
      : [
          `-Dhttps.proxyHost=${forwardProxy.host}`,
          `-Dhttps.proxyPort=${forwardProxy.port}`,
          `-Dhttp.proxyHost=${forwardProxy.host}`,
          `-Dhttp.proxyPort=${forwardProxy.port}`,
          `-Dhttp.nonProxyHosts=localhost|127.0.0.1|${forwardProxy.host}`,
        ];
  const trust =
    trustStore === undefined
      ? []
      : [`-Djavax.net.ssl.trustStore=${trustStore}`, `-Djavax.net.ssl.trustStorePassword=${TRUST_STORE_PASSWORD}`];
  const all = [...way, ...trust];
  return all.length === 0 ? {} : { JAVA_TOOL_OPTIONS: all.join(' ') };
}

/** Base URLs of the model clients whose host has a prefix, and placeholders where a client wants a key. */
function variablesOf(upstream: Upstream, { policy, gateway }: ClientSite): Record<string, string> {
  if (upstream.tls !== 'intercept') return {};
  const url = upstream.prefix === undefined ? undefined : `${gateway}${upstream.prefix}`;
  const key = upstream.credential === undefined ? undefined : PLACEHOLDER;
  if (upstream.host === 'api.anthropic.com') {
    return {
      ...defined({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    };
  }
  if (upstream.host === 'api.openai.com') return defined({ OPENAI_BASE_URL: url && `${url}/v1`, OPENAI_API_KEY: key });
  if (upstream.host === 'api.github.com') return defined({ GH_TOKEN: key, GITHUB_TOKEN: key });
  if (upstream.credential?.kind === 'sigv4') {
    return defined({
      ...(upstream.host.startsWith('bedrock-runtime.') ? bedrockVariables(policy, url) : {}),
      AWS_REGION: upstream.credential.region,
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: key,
    });
  }
  return {};
}

/** The proxy signs, so that neither Claude Code nor the SDKs of AWS need credentials; a direct model host goes first. */
function bedrockVariables(policy: Policy, url: string | undefined): Record<string, string | undefined> {
  const direct = policy.upstreams.some(({ host }) => host === 'api.anthropic.com');
  return {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    ...(direct
      ? {}
      : { CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1', ANTHROPIC_BEDROCK_BASE_URL: url }),
  };
}

function defined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
