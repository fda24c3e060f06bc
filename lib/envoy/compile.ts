import type { Policy } from '../policy';
import { buildBootstrap } from './bootstrap';
import type { Compiled } from './compiled';
import type { Layout } from './layout';
import { groupHosts } from './host-group';
import { buildManifest } from './manifest';
import { definePlace } from './place';
import { buildSecretFiles } from './secret-files';
import { classifyUpstreams } from './upstream-class';

/** Turns a policy into everything Envoy and the keeper need. A pure function: the same bytes for the same policy and layout. */
export function compile(policy: Policy, layout: Layout = {}): Compiled {
  const groups = groupHosts(policy.upstreams);
  const context = { place: definePlace(policy, layout), classes: classifyUpstreams(policy), groups };
  const bootstrap = `${JSON.stringify(buildBootstrap(policy, context))}\n`;
  const manifest = buildManifest(policy, groups);
  return {
    policy: policy.digest,
    bootstrap,
    manifest,
    files: {
      'envoy.json': bootstrap,
      'keeper.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
      ...buildSecretFiles(manifest),
    },
  };
}
