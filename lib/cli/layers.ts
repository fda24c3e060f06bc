/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first needed: `check` must not pay for Envoy's
   compiler, the sandbox and the table drawer */

/** Layers and packages that only some commands need. */
export const lazy = {
  envoy: (): typeof import('../envoy') => require('../envoy'),
  proof: (): typeof import('../proof') => require('../proof'),
  twin: (): typeof import('../twin') => require('../twin'),
  yaml: (): typeof import('yaml') => require('yaml'),
  table: (): typeof import('cli-table3') => require('cli-table3'),
};
