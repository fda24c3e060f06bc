import { isMap, isNode, isScalar, parseDocument as parseYaml, visit, type Document, type YAMLMap } from 'yaml';
import { Findings, PolicyError } from './problem';

/** The largest document that is read, in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * The value of a YAML or JSON text, not yet checked. YAML 1.2 core: `no` and `012` are no surprises, aliases are few,
 * no tags and no directives.
 * @throws PolicyError when the text is not one document.
 */
export function parseDocument(text: string): unknown {
  const findings = new Findings();
  const value = readText(text, findings);
  if (findings.problems.length > 0) throw new PolicyError(findings.problems);
  return value;
}

/** As `parseDocument`, with the problems added to `findings`. Parser messages are not passed on: they quote the text. */
export function readText(text: string, findings: Findings): unknown {
  if (text.length > MAX_DOCUMENT_BYTES || new TextEncoder().encode(text).length > MAX_DOCUMENT_BYTES) {
    findings.add(
      'document-too-large',
      'policy document',
      'at most 1 MiB',
      `${text.length} characters`,
      'split it: one policy a group of agents',
    );
    return undefined;
  }
  if (nestsTooDeep(text)) {
    findings.add('too-deep', 'policy document', 'at most 12 levels', 'far more brackets or dashes', 'split the policy');
    return undefined;
  }
  const parsed = /^\s*\{/.test(text) ? tryJson(text) : undefined;
  // JSON.parse keeps the last of two equal keys without a word; the YAML reader refuses both but is slower.
  if (parsed !== undefined && countKeys(parsed.value) === writtenKeys(text)) return parsed.value;
  return fromYaml(text, findings);
}

/** The YAML reader recurses: it takes seconds, and at 100,000 brackets the process. No sound text comes near. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > 64) return true;
  }
  return /^[ \t]*(?:[-?:][ \t]+){33}/m.test(text);
}

/** The keys in a text that is surely JSON: whole strings are skipped one after another, so none is read from its middle. */
function writtenKeys(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter((match) => match[1] !== undefined).length;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Object.values(value);
  return (Array.isArray(value) ? 0 : items.length) + items.reduce((sum: number, item) => sum + countKeys(item), 0);
}

function tryJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function fromYaml(text: string, findings: Findings): unknown {
  try {
    const document = parseYaml(text, {
      version: '1.2',
      schema: 'core',
      // Its own check takes the square of a mapping's size.
      uniqueKeys: false,
      // Silent would also take a second document in one text without a word.
      logLevel: 'error',
      prettyErrors: false,
    });
    return judgeYaml(document, text, findings) ? (document.toJS({ maxAliasCount: 100 }) as unknown) : undefined;
  } catch {
    // The reader recurses, and it counts what aliases expand to.
    const got = 'aliases that expand to very much, or very deep nesting';
    findings.add('not-a-document', 'policy document', 'few aliases', got, 'write the repeated parts out');
    return undefined;
  }
}

/** What the reader could not read, and what it reads though a policy has no need of it. */
function judgeYaml(document: Document.Parsed, text: string, findings: Findings): boolean {
  const line = (at: number) => `line ${text.slice(0, at).split('\n').length}`;
  const [error] = document.errors;
  if (error !== undefined) {
    // One mistake makes many errors after it.
    const second = error.code === 'MULTIPLE_DOCS';
    const got = second ? 'a second one' : `text that can't be read (${error.code})`;
    const mend = second ? 'one policy a file' : 'check indentation, quotes and brackets there';
    findings.add('not-a-document', line(error.pos[0]), 'one YAML or JSON document', got, mend);
    return false;
  }
  // `%YAML 1.1` would make `no` a boolean and `012` ten.
  if (document.directives.yaml.explicit === true || Object.keys(document.directives.tags).length > 1) {
    findings.add('not-a-document', 'line 1', 'YAML without directives', 'a line that begins with "%"', 'remove it');
  }
  visit(document, {
    Node(_, node) {
      // Enough to mend, and each counts the lines before it.
      if (findings.problems.length >= 100) return visit.BREAK;
      // A tag makes a reader construct something else than what stands there.
      if ('tag' in node && node.tag !== undefined) {
        findings.add('not-plain-data', line(node.range?.[0] ?? 0), 'plain values', 'a tag such as "!x"', 'remove it');
      }
      for (const again of isMap(node) ? repeatedKeys(node).slice(0, 100) : []) {
        const got = 'a key that was written before';
        findings.add('duplicate-key', line(again), 'each key once in a mapping', got, 'remove one of them');
      }
      return undefined;
    },
  });
  return findings.problems.length === 0;
}

/** Where keys stand that stood before in the mapping. */
function repeatedKeys(map: YAMLMap): readonly number[] {
  const seen = new Set<string>();
  return map.items.flatMap(({ key }) => {
    const name = String(isScalar(key) ? key.value : key);
    const repeated = seen.has(name);
    seen.add(name);
    return repeated ? [isNode(key) ? (key.range?.[0] ?? 0) : 0] : [];
  });
}
