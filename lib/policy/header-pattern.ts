import type { HeaderPattern } from './policy';

/** A header as sent. */
export type Header = readonly [name: string, value: string];

/** Whether one of the patterns refuses the header. A value is compared item by item, without regard to case. */
export function deniedHeader(patterns: readonly HeaderPattern[], [name, value]: Header): boolean {
  return patterns.some((pattern) => {
    if (pattern.name !== name.toLowerCase()) return false;
    if (pattern.value === undefined) return true;
    const wanted = pattern.value.toLowerCase();
    return value
      .toLowerCase()
      .split(',')
      .some((item) => globMatches(wanted, item.replace(/^[ \t]+|[ \t]+$/g, '')));
  });
}

/** `*` stands for any text. Linear: a pattern can't be made to backtrack. */
export function globMatches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  const last = rest.pop();
  if (last === undefined) return text === first;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
