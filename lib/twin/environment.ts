import type { Policy, Upstream } from '../policy';
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
  readonly extra?: Readonly<Record<string, string>>;
}

/** Not a secret: clients want some value, and the proxy throws it away. */
export const PLACEHOLDER = 'placeholder-the-proxy-holds-the-real-one';

/** Password of the trust store, which holds public certificates only; Java insists on one. */
export const TRUST_STORE_PASSWORD = 'changeit';

export const GATEWAY_SOCKET = '/run/egress/gateway.sock';
export const FORWARD_SOCKET = '/run/egress/forward.sock';

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

/** The command's whole environment: nothing of the caller's is inherited. The user's `extra` can't undo the recipe. */
export function buildEnvironment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: AGENT_HOME,
    USER: 'agent',
    LOGNAME: 'agent',
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    TMPDIR: '/tmp',
    ...options.extra,
    ...(options.network === 'proxy' ? buildProxyVariables() : {}),
    NODE_USE_ENV_PROXY: '1',
    NODE_USE_SYSTEM_CA: '1',
    UV_SYSTEM_CERTS: '1',
    ...Object.fromEntries(BUNDLE_VARIABLES.map((name) => [name, options.bundle])),
    NODE_EXTRA_CA_CERTS: options.authority,
    ...buildJava(options),
    ...buildClientVariables(options),
  };
}

function buildProxyVariables(): Record<string, string> {
  const proxy = `http://${CELL_LINK.proxy}:${CELL_LINK.forwardPort}`;
  // Without the proxy itself in the exceptions, base-URL calls would go to the CONNECT listener.
  const direct = `localhost,127.0.0.1,${CELL_LINK.proxy}`;
  return {
    ...both('https_proxy', proxy),
    ...both('http_proxy', proxy),
    ...both('wss_proxy', proxy),
    ...both('no_proxy', direct),
  };
}

function both(name: string, value: string): Record<string, string> {
  return { [name]: value, [name.toUpperCase()]: value };
}

function buildJava(options: EnvironmentOptions): Record<string, string> {
  const { proxy, forwardPort } = CELL_LINK;
  const way =
    options.network === 'proxy'
      ? [
          `-Dhttps.proxyHost=${proxy}`,
          `-Dhttps.proxyPort=${forwardPort}`,
          `-Dhttp.proxyHost=${proxy}`,
          `-Dhttp.proxyPort=${forwardPort}`,
          `-Dhttp.nonProxyHosts=localhost|127.0.0.1|${proxy}`,
        ]
      : [];
  const trust =
    options.trustStore === undefined
      ? []
      : [
          `-Djavax.net.ssl.trustStore=${options.trustStore}`,
          `-Djavax.net.ssl.trustStorePassword=${TRUST_STORE_PASSWORD}`,
        ];
  const all = [...way, ...trust];
  return all.length === 0 ? {} : { JAVA_TOOL_OPTIONS: all.join(' ') };
}

/** Base URLs of the model clients whose host has a prefix, and placeholders where a client wants a key. */
function buildClientVariables(options: EnvironmentOptions): Record<string, string> {
  const base = options.network === 'proxy' ? `http://${CELL_LINK.proxy}:${CELL_LINK.gatewayPort}` : 'http://egress';
  const variables: Record<string, string> = {};
  for (const upstream of options.policy.upstreams)
    Object.assign(variables, variablesOf(upstream, base, options.network));
  return variables;
}

function variablesOf(upstream: Upstream, base: string, network: 'proxy' | 'none'): Record<string, string> {
  if (upstream.tls !== 'intercept') return {};
  const url = upstream.prefix === undefined ? undefined : `${base}${upstream.prefix}`;
  const key = upstream.credential === undefined ? undefined : PLACEHOLDER;
  if (upstream.host === 'api.anthropic.com') {
    const socket: Record<string, string> = network === 'none' && url ? { ANTHROPIC_UNIX_SOCKET: GATEWAY_SOCKET } : {};
    return {
      ...defined({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }),
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ...socket,
    };
  }
  if (upstream.host === 'api.openai.com') return defined({ OPENAI_BASE_URL: url && `${url}/v1`, OPENAI_API_KEY: key });
  if (upstream.host === 'api.github.com') return defined({ GH_TOKEN: key, GITHUB_TOKEN: key });
  if (upstream.credential?.kind === 'sigv4') {
    const bedrock = upstream.host.startsWith('bedrock-runtime.') ? { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url } : {};
    return defined({
      ...bedrock,
      AWS_REGION: upstream.credential.region,
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: key,
    });
  }
  return {};
}

function defined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
