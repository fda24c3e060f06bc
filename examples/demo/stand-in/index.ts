/** A small internet on one machine: what the demo shows and the tests judge by. */
export * from './authority';
export * from './internet';
export { ADDRESSES } from './internet-options';
export * from './namespace';
export * from './record';
export { dialThrough, serveRelay } from './relay';
export { CANARY } from './sink';
