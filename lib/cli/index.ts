/** The command line. */
export { main } from './main';
export { processTerminal, type Terminal } from './terminal';
