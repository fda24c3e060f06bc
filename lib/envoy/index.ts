export { NOT_PUBLIC } from './addresses';
export { AUTHORITY_FILE, AUTHORITY_PATH } from './authority-route';
export { compile } from './compile';
export type { Compiled } from './compiled';
export type { KeeperAuthority, KeeperCredential, KeeperLeaf, KeeperManifest, KeeperSource } from './keeper-manifest';
export type { Layout, ListenerAddress } from './layout';
export { secretNames } from './secret-names';
export { ENVOY_FLOOR, readEnvoyVersion } from './envoy-version';
