#!/usr/bin/env node
import { main, processTerminal } from '../lib/cli';

main(process.argv.slice(2), processTerminal()).then((code) => {
  // Not process.exit(): what was written to a pipe must arrive whole.
  process.exitCode = code;
});
