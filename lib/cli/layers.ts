/* eslint-disable @typescript-eslint/no-require-imports -- loaded when first needed: `--help` must not pay for the policy
   language, `check` not for Envoy's compiler, the sandbox and the table drawer */

/** Commands, layers and packages that only some command lines need. */
export const lazy = {
  check: (): typeof import('./check') => require('./check'),
  compile: (): typeof import('./compile') => require('./compile'),
  explain: (): typeof import('./explain') => require('./explain'),
  prove: (): typeof import('./prove') => require('./prove'),
  run: (): typeof import('./run') => require('./run'),
  envoy: (): typeof import('../envoy') => require('../envoy'),
  proof: (): typeof import('../proof') => require('../proof'),
  report: (): typeof import('../report') => require('../report'),
  twin: (): typeof import('../twin') => require('../twin'),
  yaml: (): typeof import('yaml') => require('yaml'),
  table: (): typeof import('cli-table3') => require('cli-table3'),
};
