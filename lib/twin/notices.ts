import type { RunOptions } from './options';
import type { CredentialFile } from '../credential-files';

const NAMED = 20;
/** The first node that has NODE_USE_ENV_PROXY. */
const PROXY_AWARE_NODE = 24;

/** What someone who starts a run should know of it beforehand, a line each. */
export function noticesOf(
  { network, policy }: Pick<RunOptions, 'network' | 'policy'>,
  hidden: readonly CredentialFile[],
  notInForce: readonly string[],
): readonly string[] {
  const names = hidden.map(({ path, why }) => `${JSON.stringify(path)} (${why})`);
  const more = names.length > NAMED ? `, and ${names.length - NAMED} more` : '';
  const byProxyOnly = network === 'none' || policy.upstreams.some(({ host }) => host.startsWith('*'));
  return [
    ...(names.length > 0 ? [`hidden from the command: ${names.slice(0, NAMED).join(', ')}${more}`] : []),
    ...notInForce.map((line) => `not in force: ${line}`),
    ...(byProxyOnly && Number(process.versions.node.split('.')[0]) < PROXY_AWARE_NODE
      ? ['node before 24 ignores proxy variables: there, only exact host names (and base URLs) of the policy work']
      : []),
  ];
}
