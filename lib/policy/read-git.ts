import { childPath } from './plain-data';
import { Fields } from './fields';
import { readPath } from './read-rule';
import type { PathPattern, Rule } from './policy';
import { show, type Findings } from './problem';

/** Each makes up to four rules. */
const MAX_REPOSITORIES = 250;

/** The rules of a git entry: clone and push apart, each pinned to its whole query (A-24: servers read the last `service`, proxies the first). */
export function readRepositories(entry: Fields): readonly Rule[] {
  const value = entry.raw('repositories');
  const where = entry.at('repositories');
  if (!Array.isArray(value) || value.length === 0) {
    const code = value === undefined ? 'missing-field' : Array.isArray(value) ? 'out-of-range' : 'wrong-type';
    const expected = 'a list of repositories such as { name: acme/web, clone: true }';
    entry.findings.add(code, where, expected, show(value), 'name what may be cloned or pushed');
    return [];
  }
  if (value.length > MAX_REPOSITORIES) {
    const got = String(value.length);
    entry.findings.add('out-of-range', where, `at most ${MAX_REPOSITORIES} repositories`, got, 'use `*` for a segment');
    return [];
  }
  return value.flatMap((item: unknown, index) => readRepository(item, childPath(where, index), entry.findings));
}

function readRepository(value: unknown, where: string, findings: Findings): readonly Rule[] {
  const fields = Fields.read(value, where, ['name', 'clone', 'push', 'branches'], findings);
  const name = fields?.text('name', 'acme/web');
  if (fields === undefined || name === undefined) return [];
  const path = readPath(`/${name}`, fields.at('name'), findings);
  if (path === undefined) return [];
  if (path.rest || path.trailingSlash || path.segments.length < 1 || name.endsWith('.git')) {
    findings.add(
      'repository-name',
      fields.at('name'),
      'the path of a repository without ".git", such as "acme/web"',
      show(name),
      'it is added where a client writes it',
    );
    return [];
  }
  const clone = fields.flag('clone', false);
  const push = fields.flag('push', false);
  if (!clone && !push)
    findings.add(
      'missing-field',
      where,
      '`clone: true` or `push: true`',
      'neither',
      'say what may be done with the repository',
    );
  const branches = readBranches(fields, push);
  return [
    ...(clone ? serviceRules('git-clone', 'git-upload-pack', name, path) : []),
    ...(push ? serviceRules('git-push', 'git-receive-pack', name, path, branches) : []),
  ];
}

function readBranches(fields: Fields, push: boolean): readonly string[] | undefined {
  if (!fields.has('branches')) return undefined;
  const branches = fields.texts('branches', 'agent/*');
  if (!push)
    fields.findings.add(
      'branch-form',
      fields.at('branches'),
      '`branches` beside `push: true`',
      'no push',
      'remove it or allow the push',
    );
  const written = fields.raw('branches');
  if (Array.isArray(written) && written.length === 0)
    fields.findings.add(
      'branch-form',
      fields.at('branches'),
      'at least one branch such as "agent/*"',
      'an empty list',
      'remove `branches` to allow every branch',
    );
  for (const [index, branch] of branches.entries()) {
    if (isBranch(branch)) continue;
    const where = childPath(fields.at('branches'), index);
    const mend = '`*` is any text within a segment, `/**` at the end is the rest; without "refs/heads/"';
    fields.findings.add('branch-form', where, 'a branch such as "main" or "agent/*"', show(branch), mend);
  }
  return [...new Set(branches)].sort();
}

function isBranch(text: string): boolean {
  const body = text.endsWith('/**') ? text.slice(0, -3) : text;
  return /^[A-Za-z0-9._*-]+(?:\/[A-Za-z0-9._*-]+)*$/.test(body) && !/\.\.|\*\*|^refs\//.test(body);
}

function serviceRules(
  verb: string,
  service: string,
  name: string,
  repository: PathPattern,
  branches?: readonly string[],
): readonly Rule[] {
  const suffixed = repository.segments.map((segment, i) =>
    i === repository.segments.length - 1 ? { ...segment, optionalSuffix: '.git' } : segment,
  );
  const below = (...literals: string[]): PathPattern => ({
    segments: [...suffixed, ...literals.map((literal) => ({ literal }))],
    rest: false,
    trailingSlash: false,
  });
  return [
    {
      id: `${verb} ${name} refs`,
      methods: ['GET'],
      path: below('info', 'refs'),
      query: { exact: `service=${service}` },
    },
    {
      id: `${verb} ${name}`,
      methods: ['POST'],
      path: below(service),
      query: { exact: '' },
      ...(branches === undefined ? {} : { branches }),
    },
  ];
}
