import { marked } from './marked';

/** Text that is markup already; only `markup` and `raw` make it. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | Markup | undefined | false | readonly Piece[];

/** A template whose values are escaped, whatever they hold: ids of a template are an attacker's text. */
export function markup(parts: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + shown(values[index - 1]) + part));
}

/** Text of this package's own that is no value of a report. */
export function raw(text: string): Markup {
  return new Markup(text);
}

function shown(piece: Piece): string {
  if (piece === undefined || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'number') return String(piece);
  return typeof piece === 'string' ? escaped(piece) : piece.map(shown).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return marked(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
