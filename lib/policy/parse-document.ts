import { parseDocument as parseYaml } from 'yaml';
import { Findings, PolicyError } from './problem';

/** The largest document that is read, in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024;

/**
 * The value of a YAML or JSON text, not yet checked. YAML 1.2 core: `no` and `012` are no surprises, aliases are few,
 * no tags.
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
  if (new TextEncoder().encode(text).length > MAX_DOCUMENT_BYTES) {
    findings.add(
      'document-too-large',
      'policy document',
      'at most 1 MiB',
      `${text.length} characters`,
      'split it: one policy a group of agents',
    );
    return undefined;
  }
  if (/^\s*\{/.test(text)) {
    const parsed = tryJson(text);
    if (parsed !== undefined && !text.includes('"__proto__"')) return withoutDuplicates(text, parsed.value, findings);
  }
  return fromYaml(text, findings);
}

/** JSON.parse keeps the last of two equal keys without a word; the YAML reader sees both but is slower. */
function withoutDuplicates(text: string, value: unknown, findings: Findings): unknown {
  return countKeys(value) === (text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0) ? value : fromYaml(text, findings);
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
  const document = parseYaml(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    logLevel: 'silent',
    prettyErrors: false,
  });
  for (const error of document.errors) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    if (error.code === 'DUPLICATE_KEY') {
      findings.add(
        'duplicate-key',
        `line ${line}`,
        'each key once in a mapping',
        'a key that was written before',
        'remove one of them',
      );
    } else {
      findings.add(
        'not-a-document',
        `line ${line}`,
        'one YAML or JSON document',
        `text that can't be read (${error.code})`,
        'check indentation, quotes and brackets there',
      );
    }
  }
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    findings.add(
      'not-a-document',
      'policy document',
      'few aliases',
      'aliases that expand to very much',
      'write the repeated parts out',
    );
    return undefined;
  }
}
