import { SEGMENT_CLASS } from './alphabet';
import { pathText } from './path-pattern';
import type { PathPattern, PathSegment, Rule } from './policy';
import { show, type Findings } from './problem';
import type { RuleAtom } from './rule';

const NAME_PART = new RegExp(`^(?:\\*|${SEGMENT_CLASS.replace('*', '')}+)$`);
const BRANCH = /^(?:\*|[A-Za-z0-9_][A-Za-z0-9._+-]*)(?:\/(?:\*|[A-Za-z0-9_][A-Za-z0-9._+-]*))*(?:\/\*\*)?$/;
const NO_QUERY = { exact: '' } as const;

/** What one repository of a `git` entry says. */
export interface Repository {
  readonly name: string;
  readonly clone?: boolean;
  readonly push?: boolean;
  readonly branches?: readonly string[];
}

/** The smart-HTTP requests of a repository (gitprotocol-http). The advertisement's query is pinned: a second `service` is refused. */
export function gitAtoms(repository: Repository, where: string, findings: Findings): RuleAtom[] {
  const base = repositoryPath(repository.name, where, findings);
  if (repository.clone !== true && repository.push !== true) {
    findings.add(
      'rule-unreachable',
      where,
      'a repository with "clone", "push" or both',
      'neither',
      'write "clone: true" or remove it',
    );
    return [];
  }
  const branches = checkBranches(repository, where, findings);
  if (base === undefined) return [];
  const clone = repository.clone === true ? service(base, 'git-upload-pack') : [];
  const push = repository.push === true ? service(base, 'git-receive-pack', branches) : [];
  return [...clone, ...push];
}

function service(base: readonly PathSegment[], name: string, branches?: readonly string[]): RuleAtom[] {
  const below = (...literals: string[]): PathPattern => ({
    segments: [...base, ...literals.map((literal) => ({ literal }))],
    rest: false,
    trailingSlash: false,
  });
  return [
    { method: 'GET', path: below('info', 'refs'), query: { exact: `service=${name}` } },
    { method: 'POST', path: below(name), query: NO_QUERY, ...(branches === undefined ? {} : { branches }) },
  ];
}

function repositoryPath(name: string, where: string, findings: Findings): readonly PathSegment[] | undefined {
  const parts = name.split('/');
  const sound = parts.every((part) => NAME_PART.test(part) && part !== '.' && part !== '..') && name.length <= 512;
  if (!sound || name.endsWith('.git')) {
    const mend = name.endsWith('.git') ? 'leave ".git" out; both forms are accepted' : 'a segment may be "*"';
    findings.add('repository-name', `${where}.name`, 'the path of a repository such as "acme/web"', show(name), mend);
    return undefined;
  }
  return parts.map((part, i) => {
    if (part === '*') return { wildcard: true as const };
    return i === parts.length - 1 ? { literal: part, optionalSuffix: '.git' } : { literal: part };
  });
}

function checkBranches(
  { branches, push }: Repository,
  where: string,
  findings: Findings,
): readonly string[] | undefined {
  if (branches === undefined) return undefined;
  if (push !== true || branches.length === 0) {
    findings.add(
      'rule-unreachable',
      `${where}.branches`,
      'branches of a push',
      push === true ? 'an empty list' : 'branches without "push"',
      'add "push: true" and a branch, or remove "branches"',
    );
  }
  branches.forEach((branch, i) => {
    if (BRANCH.test(branch) && !branch.includes('..') && !/\.lock(?:\/|$)|\.(?:\/|$)/.test(branch)) return;
    findings.add(
      'branch-form',
      `${where}.branches[${i}]`,
      'a branch such as "main" or "agent/*"',
      show(branch),
      '"*" is a whole segment, "/**" at the end everything below; without "refs/heads/"',
    );
  });
  return branches;
}

/** What a rule is to git, told from its structure alone. */
export interface GitShape {
  readonly verb: 'clone' | 'push';
  readonly part: 'refs' | 'pack';
  /** Name of the repository, without `.git`. */
  readonly repository: string;
}

/** The git meaning of a rule, if it is one `gitAtoms` makes. */
export function gitShape(rule: Pick<Rule, 'methods' | 'path' | 'query'>): GitShape | undefined {
  if (rule.query === 'ordinary' || rule.methods === 'any' || rule.methods.length !== 1) return undefined;
  const refs = /^service=git-(upload|receive)-pack$/.exec(rule.query.exact);
  const { segments, rest, trailingSlash } = rule.path;
  if (rest || trailingSlash) return undefined;
  const tail = segments.slice(refs === null ? -1 : -2).map((segment) => ('literal' in segment ? segment.literal : '*'));
  const base = segments.slice(0, -tail.length);
  const last = base.at(-1);
  if (last === undefined || ('literal' in last && last.optionalSuffix !== '.git')) return undefined;
  const repository = pathText({ segments: base, rest: false, trailingSlash: false }).slice(1);
  if (refs !== null && rule.methods[0] === 'GET' && tail.join('/') === 'info/refs') {
    return { verb: refs[1] === 'upload' ? 'clone' : 'push', part: 'refs', repository };
  }
  const pack = /^git-(upload|receive)-pack$/.exec(tail.join('/'));
  if (pack === null || rule.methods[0] !== 'POST' || rule.query.exact !== '') return undefined;
  return { verb: pack[1] === 'upload' ? 'clone' : 'push', part: 'pack', repository };
}
