import * as zlib from 'node:zlib';
import { WAYS, type Way } from '../faults/ways';
import { allowed, refused, type Cases, type Expected } from './table';
import type { Ask } from './world';

export const HOST = 'git.up.example';
export const PASSWORD = 'canary-git-0123456789';
export const ZERO = '0'.repeat(40);
const NEW = 'a'.repeat(40);
const TYPE = ['content-type', 'application/x-git-receive-pack-request'] as const;

/** A pkt-line. */
function line(text: string): string {
  return (text.length + 4).toString(16).padStart(4, '0') + text;
}

const command = (ref: string, old = ZERO, after = NEW) => line(`${old} ${after} ${ref}\0report-status`);
const PACK = 'PACK\0\0\0\x02\0\0\0\0';

function pushing(body: string | Buffer, headers: Ask['headers'] = [TYPE]): Ask {
  return { host: HOST, method: 'POST', target: '/acme/agent.git/git-receive-pack', body, headers: headers ?? [] };
}

const get = (target: string): Ask => ({ host: HOST, target });
const none = refused(403, 'no-rule-matched');
const malformed = refused(403, 'malformed-path');
const unreadable = refused(403, 'push-not-readable');
const branch = refused(403, 'branch-not-allowed');

/** What no git client sends, by a sentence's end. */
const TRICKS: readonly (readonly [string, Ask, Expected])[] = [
  ['the advertisement for a clone', get('/acme/web.git/info/refs?service=git-upload-pack'), allowed],
  [
    'two services, the second for a push',
    get('/acme/design/info/refs?service=git-upload-pack&service=git-receive-pack'),
    none,
  ],
  [
    'two services, the first for a push',
    get('/acme/design/info/refs?service=git-receive-pack&service=git-upload-pack'),
    none,
  ],
  ['a service with an escape', get('/acme/design/info/refs?service=git%2Dreceive-pack'), none],
  ['a push to what may be cloned', { ...pushing(''), target: '/acme/design/git-receive-pack' }, none],
  [
    'dot segments to another repository',
    get('/acme/web.git/../other.git/info/refs?service=git-upload-pack'),
    malformed,
  ],
  ['escaped dot segments', get('/acme/web.git/%2e%2e/other.git/info/refs?service=git-upload-pack'), malformed],
  ['an escaped slash', get('/acme%2fweb/info/refs?service=git-upload-pack'), malformed],
  ['a doubled slash', get('/acme//web/info/refs?service=git-upload-pack'), malformed],
  ['a doubled suffix', get('/acme/web.git.git/info/refs?service=git-upload-pack'), none],
  ['a suffix with an escape', get('/acme/web%2egit/info/refs?service=git-upload-pack'), malformed],
  ['a suffix in capitals', get('/acme/web.GIT/info/refs?service=git-upload-pack'), none],
  ['a slash at the end', get('/acme/web/info/refs/?service=git-upload-pack'), none],
  ['another owner', get('/evil/web/info/refs?service=git-upload-pack'), none],
  ['a name that begins alike', get('/acme/website/info/refs?service=git-upload-pack'), none],
  ['a path parameter', get('/acme/web;x/info/refs?service=git-upload-pack'), malformed],
  ['files of the dumb protocol', get('/acme/web/HEAD'), none],
  ['packs of the dumb protocol', get('/acme/web/objects/info/packs'), none],
  ['the archive service', { ...pushing(''), target: '/acme/web/git-upload-archive' }, none],
  ['a push that is no git at all', pushing('hello'), unreadable],
  ['a push without commands’ end', pushing(command('refs/heads/agent/x')), unreadable],
  [
    'a push of another content type',
    pushing(`${command('refs/heads/agent/x')}0000${PACK}`, [['content-type', 'text/plain']]),
    unreadable,
  ],
  ['a push without a content type', pushing(`${command('refs/heads/agent/x')}0000${PACK}`, []), unreadable],
  [
    'a gzipped push',
    pushing(zlib.gzipSync(`${command('refs/heads/main')}0000${PACK}`), [TYPE, ['content-encoding', 'gzip']]),
    unreadable,
  ],
  ['a push to main', pushing(`${command('refs/heads/main')}0000${PACK}`), branch],
  [
    'a push to main behind an allowed branch',
    pushing(`${command('refs/heads/agent/x')}${command('refs/heads/main')}0000${PACK}`),
    branch,
  ],
  ['a deletion', pushing(`${command('refs/heads/agent/x', NEW, ZERO)}0000`), refused(403, 'branch-deletion')],
  ['a deletion of main', pushing(`${command('refs/heads/main', NEW, ZERO)}0000`), branch],
  ['a tag', pushing(`${command('refs/tags/agent/x')}0000${PACK}`), branch],
  ['dots in a branch', pushing(`${command('refs/heads/agent/..')}0000${PACK}`), branch],
  ['a branch that goes up', pushing(`${command('refs/heads/bots/../main')}0000${PACK}`), branch],
  ['a space in a branch', pushing(`${command('refs/heads/agent/x refs/heads/main')}0000${PACK}`), branch],
  ['a length in capitals and short', pushing(`00zz${ZERO}`), unreadable],
  ['a length of two', pushing(`0002${command('refs/heads/agent/x')}0000${PACK}`), unreadable],
  ['a length past the end', pushing(`fff0${ZERO} ${NEW} refs/heads/agent/x`), unreadable],
  ['a delimiter in the place of the end', pushing(`0001${command('refs/heads/main')}0000${PACK}`), unreadable],
  [
    'SHA-256 names',
    pushing(`${line(`${'0'.repeat(64)} ${'a'.repeat(64)} refs/heads/agent/x`)}0000${PACK}`),
    unreadable,
  ],
  [
    'a certificate of a push',
    pushing(`${line('push-cert\0report-status\n')}${command('refs/heads/agent/x')}0000${PACK}`),
    unreadable,
  ],
  [
    'a shallow line that is none',
    pushing(`${line(`shallow ${NEW} x`)}${command('refs/heads/agent/x')}0000${PACK}`),
    unreadable,
  ],
  [
    'a shallow line before a push to main',
    pushing(`${line(`shallow ${NEW}`)}${command('refs/heads/main')}0000${PACK}`),
    branch,
  ],
  ['65 commands', pushing(`${command('refs/heads/agent/x').repeat(65)}0000${PACK}`), unreadable],
];

const over = (way: Way): [string, Cases[string]][] =>
  TRICKS.map(([name, ask, expected]) => [`${name}, ${way}`, { ask: { ...ask, way }, expected }]);

export const RAW: Cases = Object.fromEntries(WAYS.flatMap(over));
