/** Shapes of known keys. Anything that matches stands in a policy by mistake and must never reach a message. */
const KNOWN_SHAPES: readonly RegExp[] = [
  /\bsk-[A-Za-z0-9_-]{8,}/,
  /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,}/,
  /\bgh[pousr]_[A-Za-z0-9]{16,}/,
  /\bgithub_pat_[A-Za-z0-9_]{16,}/,
  /\bglpat-[A-Za-z0-9_-]{16,}/,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /\bya29\.[A-Za-z0-9_-]{16,}/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,}/,
  /\b(?:npm|hf|dop|pypi|gsk|xai|nvapi|r8)[_-][A-Za-z0-9_-]{24,}/,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/,
  /-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)/,
  /\b(?:Bearer|Basic) +[A-Za-z0-9+/_=.-]{16,}/,
  /:\/\/[^/?#@\s]*:[^/?#@\s]+@/,
];

/** Whether a text is, or holds, something shaped like a secret's value. */
export function looksLikeSecret(text: string): boolean {
  if (text.length < 12) return false;
  return KNOWN_SHAPES.some((shape) => shape.test(text)) || text.split(/[^A-Za-z0-9+=_]+/).some(isRandom);
}

/** Whether a text that stands where a secret's name belongs is the value: hexadecimal, a UUID, a long mixture. */
export function looksLikeValue(text: string): boolean {
  return (
    looksLikeSecret(text) ||
    /[0-9a-fA-F]{24,}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/.test(text) ||
    text.split(/[^A-Za-z0-9+/=_]+/).some((word) => word.length >= 24 && (word.match(/[0-9]+/g)?.length ?? 0) >= 3)
  );
}

/** A long run with upper case, lower case and digits mixed all through is no name a person chose. */
function isRandom(word: string): boolean {
  if (word.length < 24 || !/[a-z]/.test(word) || !/[A-Z]/.test(word)) return false;
  return (word.match(/[0-9]+/g)?.length ?? 0) >= 3;
}
