import { ANY_METHODS } from './alphabet';
import { canonicalJson, compareText } from './digest';
import { gitShape } from './git';
import { pathCovers } from './path-pattern';
import type { Rule } from './policy';
import { ruleText, type RuleAtom } from './rule';

/**
 * The one canonical set of rules that allows what the atoms allow: taken apart by method, what another covers left out,
 * put together again by path and query, sorted.
 */
export function normaliseRules(atoms: readonly RuleAtom[]): Rule[] {
  const groups = new Map<string, { readonly methods: string[]; readonly atom: RuleAtom }>();
  for (const atom of uncovered(mergeBranches(atoms))) {
    const key = canonicalJson([atom.path, atom.query, atom.branches ?? null]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { methods: [atom.method], atom });
    else group.methods.push(atom.method);
  }
  const rules = [...groups.values()].map(({ methods, atom }) => toRule(methods, atom));
  return rules.sort((a, b) => compareText(a.id, b.id));
}

/** A rule taken apart again. */
export function ruleAtoms(rule: Rule): RuleAtom[] {
  const { path, query, branches } = rule;
  const methods: readonly string[] = rule.methods === 'any' ? ANY_METHODS : rule.methods;
  return methods.map((method) => ({ method, path, query, ...(branches === undefined ? {} : { branches }) }));
}

function toRule(methods: readonly string[], { path, query, branches }: RuleAtom): Rule {
  const everything =
    methods.length === ANY_METHODS.length && path.segments.length === 0 && path.rest && query === 'ordinary';
  const rule = { methods: everything ? ('any' as const) : [...methods].sort(compareText), path, query };
  return { id: ruleId(rule), ...rule, ...(branches === undefined ? {} : { branches }) };
}

function ruleId(rule: Pick<Rule, 'methods' | 'path' | 'query'>): string {
  const git = gitShape(rule);
  if (git === undefined) return ruleText(rule);
  return `git-${git.verb}${git.part === 'refs' ? '-refs' : ''} ${git.repository}`;
}

/** Equal atoms that differ in their branches become one that admits both. */
function mergeBranches(atoms: readonly RuleAtom[]): RuleAtom[] {
  const merged = new Map<string, RuleAtom>();
  for (const atom of atoms) {
    const plain = { method: atom.method, path: atom.path, query: atom.query };
    const key = canonicalJson(plain);
    const other = merged.get(key);
    const branches = other === undefined ? atom.branches : union(other.branches, atom.branches);
    merged.set(key, branches === undefined ? plain : { ...plain, branches: tidyBranches(branches) });
  }
  return [...merged.values()];
}

function union(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

function tidyBranches(branches: readonly string[]): readonly string[] {
  const distinct = [...new Set(branches)];
  return distinct
    .filter((inner) => !distinct.some((outer) => outer !== inner && branchCovers(outer, inner)))
    .sort(compareText);
}

function branchCovers(outer: string, inner: string): boolean {
  const [o, i] = [outer.split('/'), inner.split('/')];
  const rest = o.at(-1) === '**';
  const fixed = rest ? o.slice(0, -1) : o;
  if (rest ? i.length <= fixed.length : i.length !== o.length || i.at(-1) === '**') return false;
  return fixed.every((part, at) => (part === '*' ? i[at] !== '**' : part === i[at]));
}

function uncovered(atoms: readonly RuleAtom[]): RuleAtom[] {
  // Same-method rules are compared in pairs; distinct atoms never cover each other both ways, so none is lost.
  return atoms.filter((inner) => !atoms.some((outer) => outer !== inner && covers(outer, inner)));
}

function covers(outer: RuleAtom, inner: RuleAtom): boolean {
  if (outer.method !== inner.method || !pathCovers(outer.path, inner.path)) return false;
  if (outer.query !== 'ordinary' && (inner.query === 'ordinary' || outer.query.exact !== inner.query.exact))
    return false;
  if (outer.branches === undefined) return true;
  return (
    inner.branches?.every((branch) => outer.branches?.some((b) => b === branch || branchCovers(b, branch))) ?? false
  );
}
