export { PLACEHOLDER } from '../clients';
export { CELL_LINK, NEVER_DIALLED } from './addresses';
export type { Cell, CellMount } from './cell';
export { type CredentialFile, findCredentialFiles } from '../credential-files';
export { buildEnvironment, type EnvironmentOptions } from './environment';
export { buildCellRules, buildWindowRules, type WindowRules } from './firewall';
export type { Isolation, Launch } from './isolation';
export { localLayout } from './layout';
export type {
  IsolationName,
  Overlay,
  RunOptions,
  RunResult,
  SecretSource,
  UplinkOptions,
  WorkspaceOptions,
} from './options';
export type { OverlayChange } from './overlay';
export { findEnvoy } from './program';
export { type RefusalCode, RunRefused } from './refusal';
export { run } from './run';
export { summarise, type SummaryRow } from './summary';
