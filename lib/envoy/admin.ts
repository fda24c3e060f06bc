import type { JsonObject } from './json';

/** Only readiness, statistics, draining and the end, on a socket that only the proxy's own user can open. */
export function buildAdmin(): JsonObject {
  return {
    address: { pipe: { path: 'admin.sock', mode: 0o600 } },
    ignore_global_conn_limit: true,
    allow_paths: [{ exact: '/ready' }, { prefix: '/stats' }, { exact: '/drain_listeners' }, { exact: '/quitquitquit' }],
  };
}
