import type { Problem } from '../policy';

/** Version of every `--json` document; the schemas are under `schemas/`. */
export const DOCUMENT_VERSION = 1;

/** One `--json` document: one line of JSON and a newline. */
export function jsonDocument(command: string, body: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ version: DOCUMENT_VERSION, command, ...body })}\n`;
}

/** A problem as `--json` documents carry it. */
export function problemDocument(problem: Problem): { where: string; code: string; message: string } {
  return { where: problem.where, code: problem.code, message: problem.message };
}
