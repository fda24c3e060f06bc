export { askEnvoy } from './ask-envoy';
export type { Owner } from './atomic-file';
export { drain } from './drain';
export { type Clock, type Keeper, type KeeperOptions, startKeeper } from './keeper';
export { KeeperError } from './keeper-error';
export { neededSecrets, parseManifest } from './manifest';
export type { Servers } from './request-json';
export type { SecretSource } from './secret-source';
export type { CredentialStatus, KeeperRecord, KeeperStatus } from './status';
