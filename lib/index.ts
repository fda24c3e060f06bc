/**
 * Anchorhold: one policy for what an AI agent may reach, and the Envoy that enforces it. The clouds are at
 * `anchorhold/aws` and `anchorhold/gcp`, so that a user of one installs one SDK.
 */
export * from './policy';
export { compile, type Compiled, type KeeperManifest, type Layout, type ListenerAddress } from './envoy';
