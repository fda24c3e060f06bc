export type { Owner } from './atomic-file';
export { type Clock, systemClock } from './clock';
export type { CredentialStatus, KeeperRecord } from './credential-file';
export { type Keeper, type KeeperOptions, type KeeperStatus, startKeeper } from './keeper';
export { KeeperError } from './keeper-error';
export { neededSecrets, parseManifest } from './manifest';
export { environmentSecret, fileSecret, LARGEST_SECRET, secretFromText, type SecretSource } from './secret-source';
export type { TokenServers } from './token';
