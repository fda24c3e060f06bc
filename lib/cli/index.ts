/** The command line. */
export { main } from './main';
export { printable, processTerminal, type Terminal } from './terminal';
export { summaryTable } from './summary-table';
