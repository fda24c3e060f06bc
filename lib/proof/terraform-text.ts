import { Reference, Text, Unknown, type Value } from './value';

/** What a dotted name of an expression stands for, e.g. `google_compute_network.agent.id`. */
export type Resolve = (segments: readonly string[]) => Value;

const NAME = /^[A-Za-z_][\w-]*(?:\.[\w-]+|\.\*|\[(?:\d+|"[^"\\$%]*")\])*$/;
const PLAIN = /^"[^"\\$%]*"$/;

/**
 * Reads a text as Terraform does: `${…}` is evaluated as far as it only names something, `$${` is a literal `${`. Whatever
 * else stands in an expression is unknown.
 */
export function readText(text: string, resolve: Resolve): Value {
  if (!/[$%]\{/.test(text)) return text;
  const parts: Value[] = [];
  let rest = text;
  for (;;) {
    const at = rest.search(/[$%]\{/);
    if (at < 0) break;
    const sign = rest[at];
    if (rest[at - 1] === sign) {
      parts.push(rest.slice(0, at - 1), `${sign ?? ''}{`);
      rest = rest.slice(at + 2);
      continue;
    }
    const end = sign === '$' ? closing(rest, at + 2) : -1;
    if (end < 0) return unreadable(rest.slice(at));
    parts.push(rest.slice(0, at), readExpression(rest.slice(at + 2, end), resolve));
    rest = rest.slice(end + 1);
  }
  return joined([...parts, rest].filter((part) => part !== ''));
}

/** An expression: a dotted name, a plain text, or unknown. */
export function readExpression(written: string, resolve: Resolve): Value {
  const expression = written.trim();
  if (PLAIN.test(expression)) return expression.slice(1, -1);
  return NAME.test(expression) ? resolve(segmentsOf(expression)) : unreadable(expression);
}

/** `a.b[0].c` as `a`, `b`, `[0]`, `c`. */
export function segmentsOf(name: string): readonly string[] {
  return name.match(/\[(?:\d+|"[^"]*")\]|[\w-]+|\*/g) ?? [];
}

/** Where the brace that closes an expression stands, texts and braces inside it passed over. */
function closing(text: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth++;
    else if (!quoted && char === '}' && --depth === 0) return at;
  }
  return -1;
}

function joined(parts: readonly Value[]): Value {
  const [only] = parts;
  if (parts.length === 0) return '';
  if (parts.length === 1 && only !== undefined) return only;
  const unknown = parts.find((part) => part instanceof Unknown);
  if (unknown !== undefined) return unknown;
  const pieces: (string | Reference)[] = [];
  for (const part of parts) {
    if (part instanceof Text) pieces.push(...part.parts);
    else if (part instanceof Reference) pieces.push(part);
    else if (typeof part === 'object') return unreadable('a list within a text');
    else pieces.push(String(part));
  }
  return pieces.every((piece) => typeof piece === 'string') ? pieces.join('') : new Text(pieces);
}

function unreadable(expression: string): Unknown {
  const shown = expression.length > 80 ? `${expression.slice(0, 80)}…` : expression;
  return Unknown.of(
    `expression(${shown})`,
    `the expression ${shown}, which the proof doesn’t evaluate, keeps this closed`,
  );
}
