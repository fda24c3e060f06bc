import { git, repository, type Refusal } from './writing';

export const GIT_HOST: readonly Refusal[] = [
  [
    'no repositories',
    () => git({ repositories: undefined }),
    [
      'upstreams[0].repositories: expected a list of repositories such as { name: acme/web, clone: true }, got nothing; name what may be cloned or pushed [missing-field]',
    ],
  ],
  [
    'an empty list',
    () => git({ repositories: [] }),
    [
      'upstreams[0].repositories: expected a list of repositories such as { name: acme/web, clone: true }, got a list of 0; name what may be cloned or pushed [out-of-range]',
    ],
  ],
  [
    'a text for the list',
    () => git({ repositories: 'acme/web' }),
    [
      'upstreams[0].repositories: expected a list of repositories such as { name: acme/web, clone: true }, got "acme/web"; name what may be cloned or pushed [wrong-type]',
    ],
  ],
  [
    'more than 250',
    () => git({ repositories: Array.from({ length: 251 }, (_, i) => ({ name: `acme/r${i}`, clone: true })) }),
    ['upstreams[0].repositories: expected at most 250 repositories, got 251; use `*` for a segment [out-of-range]'],
  ],
  [
    'a text for a repository',
    () => git({ repositories: ['acme/web'] }),
    [
      'upstreams[0].repositories[0]: expected a mapping with name, clone, push, branches, got "acme/web"; write `key: value`, each on a line [wrong-type]',
    ],
  ],
  [
    'no name',
    () => repository({ name: undefined }),
    ['upstreams[0].repositories[0].name: expected text such as "acme/web", got nothing; write it [missing-field]'],
  ],
  [
    'neither clone nor push',
    () => repository({ clone: false }),
    [
      'upstreams[0].repositories[0]: expected `clone: true` or `push: true`, got neither; say what may be done with the repository [missing-field]',
    ],
  ],
  [
    'a name with its suffix',
    () => repository({ name: 'acme/web.git' }),
    [
      'upstreams[0].repositories[0].name: expected the path of a repository without ".git", such as "acme/web", got "acme/web.git"; it is added where a client writes it [repository-name]',
    ],
  ],
  [
    'a name with a slash before it',
    () => repository({ name: '/acme/web' }),
    [
      'upstreams[0].repositories[0].name: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got ""; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a name with a dot segment',
    () => repository({ name: 'acme/../web' }),
    [
      'upstreams[0].repositories[0].name: expected path segments of letters, digits and ._~!$&()+,=:@- , or "*" alone, got ".."; no empty, dotted, escaped or half-wild segment: two parsers read them differently [rule-path]',
    ],
  ],
  [
    'a name with a slash after it',
    () => repository({ name: 'acme/web/' }),
    [
      'upstreams[0].repositories[0].name: expected the path of a repository without ".git", such as "acme/web", got "acme/web/"; it is added where a client writes it [repository-name]',
    ],
  ],
  [
    'everything',
    () => repository({ name: '**' }),
    [
      'upstreams[0].repositories[0].name: expected the path of a repository without ".git", such as "acme/web", got "**"; it is added where a client writes it [repository-name]',
    ],
  ],
  [
    'a flag in quotes',
    () => repository({ push: 'true' }),
    ['upstreams[0].repositories[0].push: expected true or false, got "true"; write it without quotes [wrong-type]'],
  ],
  [
    'branches without a push',
    () => repository({ branches: ['main'] }),
    [
      'upstreams[0].repositories[0].branches: expected `branches` beside `push: true`, got no push; remove it or allow the push [branch-form]',
    ],
  ],
  [
    'no branches',
    () => repository({ push: true, branches: [] }),
    [
      'upstreams[0].repositories[0].branches: expected at least one branch such as "agent/*", got an empty list; remove `branches` to allow every branch [branch-form]',
    ],
  ],
  [
    'a whole ref',
    () => repository({ push: true, branches: ['refs/heads/main'] }),
    [
      'upstreams[0].repositories[0].branches[0]: expected a branch such as "main" or "agent/*", got "refs/heads/main"; `*` is any text within a segment, `/**` at the end is the rest; without "refs/heads/" [branch-form]',
    ],
  ],
  [
    'two dots in a branch',
    () => repository({ push: true, branches: ['a..b'] }),
    [
      'upstreams[0].repositories[0].branches[0]: expected a branch such as "main" or "agent/*", got "a..b"; `*` is any text within a segment, `/**` at the end is the rest; without "refs/heads/" [branch-form]',
    ],
  ],
  [
    'two stars inside a branch',
    () => repository({ push: true, branches: ['a/**/b'] }),
    [
      'upstreams[0].repositories[0].branches[0]: expected a branch such as "main" or "agent/*", got "a/**/b"; `*` is any text within a segment, `/**` at the end is the rest; without "refs/heads/" [branch-form]',
    ],
  ],
  [
    'a space in a branch',
    () => repository({ push: true, branches: ['a b'] }),
    [
      'upstreams[0].repositories[0].branches[0]: expected a branch such as "main" or "agent/*", got "a b"; `*` is any text within a segment, `/**` at the end is the rest; without "refs/heads/" [branch-form]',
    ],
  ],
  [
    'a branch that is a number',
    () => repository({ push: true, branches: [1] }),
    [
      'upstreams[0].repositories[0].branches: expected a list of texts such as "agent/*", got a list of 1; quotes make text of a number, brackets a list of a text [wrong-type]',
    ],
  ],
  [
    'a field of a host',
    () => git({ rules: ['GET /'] }),
    [
      'upstreams[0].rules: expected one of git, repositories, port, prefix, credential, addresses, ca, headers, response, limits, got "rules"; remove it [unknown-key]',
    ],
  ],
];
