#!/usr/bin/env node
/** Writes a plain Terraform module of one agent: `anchorhold-gcp-module POLICY DIRECTORY [--kind …] [--topology …] [--name …]`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { App } from 'cdktf';
import { agentModule } from '../lib/gcp';
import { definePolicy } from '../lib/policy';

const KINDS = ['job', 'service', 'workerPool'] as const;
const TOPOLOGIES = ['twoVpc', 'sharedVpc'] as const;
const USAGE = `anchorhold-gcp-module POLICY DIRECTORY
  --kind ${KINDS.join('|')}        what the agent is; job unless given
  --topology ${TOPOLOGIES.join('|')}    twoVpc unless given
  --name NAME                       first part of every name; the policy's unless given
Writes DIRECTORY/main.tf.json. Exit 1: the policy can't be had on Google Cloud. Exit 2: refused to start.`;

/** What was asked can't be done as it was asked. */
class UsageError extends Error {}

function write(words: readonly string[]): void {
  const { positionals, values } = read(words);
  const [policy, directory] = positionals;
  if (policy === undefined || directory === undefined || positionals.length > 2) throw new UsageError(USAGE);
  const kind = oneOf(KINDS, values.kind);
  const topology = oneOf(TOPOLOGIES, values.topology);
  // The library wants a folder even when nothing is written to it.
  const scratch = mkdtempSync(join(tmpdir(), 'anchorhold-module-'));
  try {
    const text = agentModule(new App({ outdir: scratch }), {
      policy: definePolicy(readFileSync(policy, 'utf8')),
      ...(kind ? { kind } : {}),
      ...(topology ? { topology } : {}),
      ...(values.name === undefined ? {} : { name: values.name }),
    });
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'main.tf.json'), text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function read(words: readonly string[]) {
  const options = { kind: { type: 'string' }, topology: { type: 'string' }, name: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch {
    throw new UsageError(USAGE);
  }
}

function oneOf<T extends string>(known: readonly T[], word: string | undefined): T | undefined {
  const found = known.find((one) => one === word);
  if (word !== undefined && found === undefined) throw new UsageError(USAGE);
  return found;
}

try {
  write(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
