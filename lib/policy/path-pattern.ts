import { REST_UNIT, SEGMENT_UNIT, quote } from './alphabet';
import type { PathPattern, PathSegment } from './policy';

/** The canonical text of a pattern: `/repos/acme/*`, `/v1/**`. A literal with an optional suffix is written without it. */
export function pathText(path: PathPattern): string {
  const segments = path.segments.map((segment) => `/${'literal' in segment ? segment.literal : '*'}`).join('');
  if (path.rest) return `${segments}/**`;
  return path.trailingSlash ? `${segments}/` : segments;
}

/** The pattern as an expression for a full match on the path alone, in RE2 and in JavaScript. */
export function pathExpression(path: PathPattern): string {
  const segments = path.segments.map((segment) => `/${segmentExpression(segment)}`).join('');
  if (path.rest) return `${segments}/${REST_UNIT}*`;
  return path.trailingSlash ? `${segments}/` : segments;
}

function segmentExpression(segment: PathSegment): string {
  const suffix = segment.optionalSuffix === undefined ? '' : `(?:${quote(segment.optionalSuffix)})?`;
  return ('literal' in segment ? quote(segment.literal) : `${SEGMENT_UNIT}+`) + suffix;
}

/** Whether a path (already known to be well formed) is one of the pattern's. By segment, never by prefix of text. */
export function pathMatches(pattern: PathPattern, path: string): boolean {
  const parts = path.slice(1).split('/');
  const slash = parts.at(-1) === '';
  if (slash) parts.pop();
  if (pattern.rest) {
    const below = parts.length > pattern.segments.length || (parts.length === pattern.segments.length && slash);
    if (!below) return false;
  } else if (parts.length !== pattern.segments.length || slash !== pattern.trailingSlash) return false;
  return pattern.segments.every((segment, i) => segmentMatches(segment, parts[i] ?? ''));
}

const STAR = new RegExp(`^${SEGMENT_UNIT}+$`);

function segmentMatches(segment: PathSegment, text: string): boolean {
  if (!('literal' in segment)) return STAR.test(text);
  return (
    text === segment.literal ||
    (segment.optionalSuffix !== undefined && text === segment.literal + segment.optionalSuffix)
  );
}

/** Whether every path of `inner` is one of `outer`. */
export function pathCovers(outer: PathPattern, inner: PathPattern): boolean {
  const [m, n] = [inner.segments.length, outer.segments.length];
  if (outer.rest) {
    if (m < n || (m === n && !inner.rest && !inner.trailingSlash)) return false;
  } else if (inner.rest || m !== n || inner.trailingSlash !== outer.trailingSlash) return false;
  return outer.segments.every((segment, i) => {
    const other = inner.segments[i];
    return other !== undefined && segmentCovers(segment, other);
  });
}

function segmentCovers(outer: PathSegment, inner: PathSegment): boolean {
  if (!('literal' in outer)) return true;
  if (!('literal' in inner)) return false;
  const texts =
    inner.optionalSuffix === undefined ? [inner.literal] : [inner.literal, inner.literal + inner.optionalSuffix];
  return texts.every((text) => segmentMatches(outer, text));
}
