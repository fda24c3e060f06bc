import { canonicalJson, compareText, sha256Hex } from './digest';
import { pathCovers } from './path-pattern';
import type { InterceptUpstream, Policy, Rule, Upstream } from './policy';
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
  const taken = written.flatMap(({ upstream, where }) =>
    upstream.tls === 'intercept' && upstream.prefix !== undefined ? [{ prefix: upstream.prefix, where }] : [],
  );
  for (const [index, one] of taken.entries()) {
    const other = taken
      .slice(0, index)
      .find(({ prefix }) => `${prefix}/`.startsWith(`${one.prefix}/`) || `${one.prefix}/`.startsWith(`${prefix}/`));
    if (other !== undefined)
      findings.add(
        'prefix-taken',
        `${one.where}.prefix`,
        'a prefix of its own',
        `"${one.prefix}" beside "${other.prefix}" of ${other.where}`,
        'choose another',
      );
  }
}

function tidy(upstream: Upstream): Upstream {
  if (upstream.tls === 'passthrough') return upstream;
  const deny = [...new Map(upstream.headers.deny.map((pattern) => [canonicalJson(pattern), pattern])).entries()]
    .sort(([a], [b]) => compareText(a, b))
    .map(([, pattern]) => pattern);
  return { ...upstream, headers: { ...upstream.headers, deny }, rules: minimalRules(upstream) };
}

/** A host that serves git is sent a GitHub App's token as git sends it. Known only when all entries of a host are merged. */
function withForm(upstream: Upstream): Upstream {
  if (upstream.tls === 'passthrough' || upstream.credential?.kind !== 'githubApp') return upstream;
  return upstream.rules.some(isGit) ? { ...upstream, credential: { ...upstream.credential, form: 'basic' } } : upstream;
}

function minimalRules(upstream: InterceptUpstream): readonly Rule[] {
  const unique = [...new Map(upstream.rules.map((rule) => [canonicalJson(rule), rule])).values()].sort((a, b) =>
    compareText(canonicalJson(a), canonicalJson(b)),
  );
  const kept = unique.filter(
    (rule, i) => !unique.some((other, j) => i !== j && covers(other, rule) && (!covers(rule, other) || j < i)),
  );
  return kept.sort((a, b) => compareText(a.id, b.id));
}

/** Whether every request of `inner` is one of `outer`. */
function covers(outer: Rule, inner: Rule): boolean {
  // A branch-restricted push is judged by its body too: only an equal restriction, or none, covers it.
  if (outer.branches !== undefined && canonicalJson(outer.branches) !== canonicalJson(inner.branches ?? null))
    return false;
  const methods = ruleMethods(outer);
  if (!ruleMethods(inner).every((method) => methods.includes(method))) return false;
  if (!pathCovers(outer.path, inner.path)) return false;
  if (outer.query === 'ordinary') return true;
  return inner.query !== 'ordinary' && inner.query.exact === outer.query.exact;
}
