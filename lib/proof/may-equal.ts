import { glob } from './policy-document';
import { keyOf, or, shown, type Truth, Unknown, unknownIn, type Value } from './value';

/** What stands for a stack's name, a region, an account: known at deployment. */
const PSEUDO = /\uFDD0AWS::[^\uFDD2]*\uFDD2/g;

/** Whether two names are one: not known where a part of either is, or is given at deployment. */
export function mayEqual(one: Value | undefined, other: Value | undefined): Truth {
  const [mine, theirs] = [keyOf(one), keyOf(other)];
  if (mine !== undefined && mine === theirs) return true;
  const open = or(unknownIn(one) ?? false, unknownIn(other) ?? false);
  if (open !== false || mine === undefined || theirs === undefined) return open;
  const [pattern, text] = [mine.replace(PSEUDO, '*'), theirs.replace(PSEUDO, '*')];
  if (pattern === mine && text === theirs) return false;
  if (!glob(pattern, text) && !glob(text, pattern)) return false;
  return Unknown.of(`same(${shown(one)})`, `${shown(one)} is another name than ${shown(other)}`);
}
