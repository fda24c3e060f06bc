import { canonicalJson, compareText, sha256Hex } from './digest';
import { pathCovers, pathText } from './path-pattern';
import type { HeaderPattern, Policy, Rule, Upstream } from './policy';
import type { Findings } from './problem';
import { isGit } from './to-document';
import { ruleMethods } from './decide';

/** An upstream and where it was written. */
export interface Written {
  readonly upstream: Upstream;
  readonly where: string;
}

/** Merges entries of one host and port, drops what another rule covers, sorts. Order, repetition and written-out defaults leave no trace. */
export function normalise(name: string, written: readonly Written[], findings: Findings): Policy {
  const byKey = new Map<string, Written>();
  for (const entry of written) {
    const key = `${entry.upstream.host}:${entry.upstream.port}`;
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? entry : merge(before, entry, key, findings));
  }
  judgePrefixes([...byKey.values()], findings);
  const upstreams = [...byKey.values()]
    .map(({ upstream }) => withForm(tidy(upstream)))
    .sort((a, b) => compareText(a.host, b.host) || a.port - b.port);
  const digest = sha256Hex(canonicalJson({ version: 1, name, upstreams }));
  return { version: 1, name, digest, upstreams };
}

function merge(a: Written, b: Written, key: string, findings: Findings): Written {
  const bare = (upstream: Upstream) => canonicalJson({ ...upstream, rules: undefined });
  if (bare(tidy(a.upstream)) !== bare(tidy(b.upstream))) {
    findings.add(
      'overlap',
      b.where,
      `the same credential and options as ${a.where}, which covers ${key} too`,
      'others',
      'write one entry for the host, or make the options equal',
    );
    return a;
  }
  if (a.upstream.tls === 'passthrough' || b.upstream.tls === 'passthrough') return a;
  return { where: a.where, upstream: { ...a.upstream, rules: [...a.upstream.rules, ...b.upstream.rules] } };
}

function judgePrefixes(written: readonly Written[], findings: Findings): void {
  const taken = written
    .flatMap(({ upstream, where }) =>
      upstream.tls === 'intercept' && upstream.prefix !== undefined ? [{ prefix: `${upstream.prefix}/`, where }] : [],
    )
    .sort((a, b) => compareText(a.prefix, b.prefix));
  // Sorted, what lies under a prefix follows it directly; the slash keeps `/ab` from lying under `/a`.
  let above = taken[0];
  for (const one of taken.slice(1)) {
    if (above === undefined || !one.prefix.startsWith(above.prefix)) {
      above = one;
      continue;
    }
    const got = `"${one.prefix.slice(0, -1)}" beside "${above.prefix.slice(0, -1)}" of ${above.where}`;
    findings.add('prefix-taken', `${one.where}.prefix`, 'a prefix of its own', got, 'choose another');
  }
}

function tidy(upstream: Upstream): Upstream {
  if (upstream.tls === 'passthrough') return upstream;
  const deny = upstream.headers.deny.length < 2 ? upstream.headers.deny : distinct(upstream.headers.deny);
  return { ...upstream, headers: { ...upstream.headers, deny }, rules: minimalRules(upstream.rules) };
}

/** A host that serves git is sent a GitHub App's token as git sends it. Known only when all entries of a host are merged. */
function withForm(upstream: Upstream): Upstream {
  if (upstream.tls === 'passthrough' || upstream.credential?.kind !== 'githubApp') return upstream;
  return upstream.rules.some(isGit) ? { ...upstream, credential: { ...upstream.credential, form: 'basic' } } : upstream;
}

/** Sorted, each once; a header that is refused whatever it holds needs no pattern for its value. */
function distinct(patterns: readonly HeaderPattern[]): readonly HeaderPattern[] {
  const whole = new Set(patterns.filter(({ value }) => value === undefined).map(({ name }) => name));
  const needed = patterns.filter(({ name, value }) => value === undefined || !whole.has(name));
  return [...new Map(needed.map((pattern) => [canonicalJson(pattern), pattern])).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, pattern]) => pattern);
}

function minimalRules(rules: readonly Rule[]): readonly Rule[] {
  const unique = oneAnId(rules).sort((a, b) => compareText(a.id, b.id));
  if (unique.length === 1) return unique;
  // A rule whose path is all literal covers only rules of that same path.
  const wide: Rule[] = [];
  const byPath = new Map<string, Rule[]>();
  for (const rule of unique) {
    if (!isLiteral(rule)) wide.push(rule);
    const text = pathText(rule.path);
    const same = byPath.get(text);
    if (same === undefined) byPath.set(text, [rule]);
    else same.push(rule);
  }
  const before = new Map(unique.map((rule, index) => [rule, index]));
  return unique.filter((rule, index) => {
    const yields = (other: Rule) =>
      other !== rule && covers(other, rule) && (!covers(rule, other) || (before.get(other) ?? 0) < index);
    return !wide.some(yields) && byPath.get(pathText(rule.path))?.some(yields) !== true;
  });
}

function isLiteral({ path }: Rule): boolean {
  return !path.rest && path.segments.every((segment) => 'literal' in segment && segment.optionalSuffix === undefined);
}

/** An id is a rule, but for pushes written with different branches: any match allows, so the branches add up. */
function oneAnId(rules: readonly Rule[]): Rule[] {
  const byId = new Map<string, Rule>();
  for (const rule of rules) {
    const before = byId.get(rule.id);
    const branches =
      before?.branches !== undefined && rule.branches !== undefined
        ? [...before.branches, ...rule.branches]
        : undefined;
    if (before === undefined) byId.set(rule.id, rule);
    else if (branches !== undefined) byId.set(rule.id, { ...rule, branches: [...new Set(branches)].sort() });
    else if (rule.branches === undefined) byId.set(rule.id, rule);
  }
  return [...byId.values()];
}

/** Whether every request of `inner` is one of `outer`. */
function covers(outer: Rule, inner: Rule): boolean {
  // A branch-restricted push is judged by its body too: only one to all of its branches, or no restriction, covers it.
  if (outer.branches !== undefined && !inner.branches?.every((branch) => outer.branches?.includes(branch)))
    return false;
  if (!pathCovers(outer.path, inner.path)) return false;
  const methods = ruleMethods(outer);
  if (!ruleMethods(inner).every((method) => methods.includes(method))) return false;
  if (outer.query === 'ordinary') return true;
  return inner.query !== 'ordinary' && inner.query.exact === outer.query.exact;
}
