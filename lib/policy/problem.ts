import type { ProblemCode } from './problem-codes';
import { looksLikeSecret } from './secret-shape';

/** One thing wrong with a policy as it was written. */
export interface Problem {
  /** Stable; listed in docs/problems.md. */
  readonly code: ProblemCode;
  /** Where, e.g. `upstreams[2].host`; `policy document` for the whole. */
  readonly where: string;
  /** The whole line: where, what was expected, what was got, how to mend it, the code. Never a secret's value. */
  readonly message: string;
}

/** Thrown by `definePolicy` with every problem found, one a line. */
export class PolicyError extends Error {
  constructor(public readonly problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'PolicyError';
  }
}

/** Enough to mend; a document made to be wrong must not fill the memory. */
const MAX_PROBLEMS = 1000;

/** What a check found, in the order of the document. */
export class Findings {
  readonly problems: Problem[] = [];
  private readonly silent = new Set<string>();

  /** Records `where: expected …, got …; mend [code]`, up to 1,000 problems. */
  add(code: ProblemCode, where: string, expected: string, got: string, mend: string): void {
    if (this.silent.has(where) || this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push({ code, where, message: `${where}: expected ${expected}, got ${got}; ${mend} [${code}]` });
  }

  /** Nothing more is recorded of this place. */
  silence(where: string): void {
    this.silent.add(where);
  }
}

/** A value as a message may show it: quoted, escaped, cut at 80 characters, and never when it is shaped like a secret. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    if (looksLikeSecret(value)) return `text that looks like a secret (${value.length} characters, not shown)`;
    const cut = value.length > 80 ? `${value.slice(0, 80)}…` : value;
    return JSON.stringify(cut).replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}

/** What a value is, without the value: for places where a secret may stand by mistake. */
export function kindOf(value: unknown): string {
  if (typeof value === 'string') return `text of ${value.length} characters, not shown`;
  return typeof value === 'number' ? 'a number, not shown' : show(value);
}

/** `; did you mean "x"?` for the nearest of the known words, if one is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({
    candidate,
    distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  scored.sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  if (best === undefined || best.distance > Math.max(1, Math.floor(best.candidate.length / 3))) return undefined;
  return best.candidate;
}

function editDistance(a: string, b: string): number {
  if (a.length > 64) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
