/**
 * What a policy means, written a second time from its contract alone and never from `lib/policy`: small and slow, on the
 * document as it was written, character by character, no expressions. It answers only for `host` and `git` entries.
 */
interface Entry {
  readonly host?: string;
  readonly git?: string;
  readonly port?: number;
  readonly tls?: string;
  readonly rules?: readonly string[] | 'any';
  readonly repositories?: readonly { name: string; clone?: boolean; push?: boolean }[];
  readonly credential?: unknown;
  readonly agentCredentials?: string;
  readonly headers?: { readonly deny?: readonly string[] };
  readonly websocket?: boolean;
}

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** `allow` with the upstream it goes to, or `deny`. */
export interface Opinion {
  readonly verdict: 'allow' | 'deny';
  readonly upstream?: string;
  /** Whether a credential is put on it. */
  readonly proven?: boolean;
}

const DENY: Opinion = { verdict: 'deny' };
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const PLAIN = `${LETTERS}${LETTERS.toUpperCase()}0123456789`;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const only = (text: string, alphabet: string) => [...text].every((character) => alphabet.includes(character));

/** The contract's answer to one request. */
export function opinion(document: { readonly upstreams: readonly unknown[] }, asked: Asked): Opinion {
  const url = splitUrl(asked.url);
  if (url === undefined) return DENY;
  const headers = (asked.headers ?? []).map(([name, value]) => [name.toLowerCase(), value] as const);
  const entries = entriesFor(document.upstreams as readonly Entry[], url.host, url.port);
  const [first] = entries;
  if (first === undefined) return DENY;
  const upstream = `${first.host ?? first.git}:${url.port}`;
  // Only the name of the connection is seen.
  if (first.tls === 'passthrough') return { verdict: 'allow', upstream, proven: false };
  const hosts = headers.filter(([name]) => name === 'host');
  if (hosts.length > 1 || hosts.some(([, value]) => !sameAuthority(value, url))) return DENY;
  if (!headers.every(([name, value]) => soundHeader(name, value))) return DENY;
  if (isUpgrade(headers) && !(entries.some((one) => one.websocket) && tokens(headers, 'upgrade').every(isWebsocket)))
    return DENY;
  if (!METHODS.includes(asked.method) || !soundPath(url.path)) return DENY;
  if (url.query !== undefined && !soundQuery(url.query)) return DENY;
  if (first.agentCredentials !== 'keep' && queryNamesCredential(url.query ?? '')) return DENY;
  const denied = entries.flatMap((entry) => entry.headers?.deny ?? []);
  if (headers.some((header) => denied.some((pattern) => refuses(pattern, header)))) return DENY;
  const allowed = entries.some((entry) => admits(entry, asked.method, url));
  return allowed ? { verdict: 'allow', upstream, proven: first.credential !== undefined } : DENY;
}

interface Url {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly query?: string;
}

function splitUrl(text: string): Url | undefined {
  if (!text.startsWith('https://')) return undefined;
  const after = text.slice('https://'.length);
  const end = [...after].findIndex((character) => '/?#'.includes(character));
  const authority = end === -1 ? after : after.slice(0, end);
  const target = end === -1 ? '' : after.slice(end);
  const mark = target.indexOf('?');
  const parts = authority.toLowerCase().split(':');
  if (parts.length > 2) return undefined;
  const [written = '', port = '443'] = parts;
  // The dot of the root is the same name.
  const host = written.endsWith('.') ? written.slice(0, -1) : written;
  if (!only(host, `${LETTERS}0123456789-.`) || !only(port, '0123456789') || String(Number(port)) !== port)
    return undefined;
  if (host.length > 253 || host.split('.').some((label) => !soundLabel(label)) || Number(port) > 65535)
    return undefined;
  const path = mark === -1 ? target : target.slice(0, mark);
  return { host, port: Number(port), path, ...(mark === -1 ? {} : { query: target.slice(mark + 1) }) };
}

function soundLabel(label: string): boolean {
  return label !== '' && label.length <= 63 && !label.startsWith('-') && !label.endsWith('-');
}

function sameAuthority(header: string, url: Url): boolean {
  const text = header.toLowerCase().replace('.:', ':');
  return text === `${url.host}:${url.port}` || (url.port === 443 && text === url.host);
}

/** The entries of the exact host; failing that, of the longest wildcard above it. */
function entriesFor(upstreams: readonly Entry[], host: string, port: number): readonly Entry[] {
  const here = upstreams.filter((entry) => (entry.port ?? 443) === port);
  const named = (name: string) => here.filter((entry) => (entry.host ?? entry.git) === name);
  let found = named(host);
  const labels = host.split('.');
  for (let cut = 1; found.length === 0 && cut < labels.length; cut++) found = named(`*.${labels.slice(cut).join('.')}`);
  return found;
}

/** RFC 9110, section 7.8: without `Connection: upgrade` it is none, and `h2c` may be ignored, which the proxy does. */
function isUpgrade(headers: readonly (readonly [string, string])[]): boolean {
  return tokens(headers, 'connection').includes('upgrade') && tokens(headers, 'upgrade').length > 0;
}

function isWebsocket(token: string): boolean {
  return token === 'websocket';
}

function tokens(headers: readonly (readonly [string, string])[], wanted: string): readonly string[] {
  const all = headers.filter(([name]) => name === wanted).map(([, value]) => value.toLowerCase());
  return all
    .join(',')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '' && token !== 'h2c');
}

function soundHeader(name: string, value: string): boolean {
  if (name === '' || !only(name, `${PLAIN}-!#$&'^\`|~`)) return false;
  return [...value].every((character) => (character >= ' ' && character !== '\u007f') || character === '\t');
}

function soundPath(path: string): boolean {
  // A colon may come escaped: what reads it as one reads a path that the same rule allows.
  const read = path.replaceAll('%3A', ':').replaceAll('%3a', ':');
  const [head = '', ...behind] = read.replaceAll('%2F', '%2f').split('%2f');
  const parts = [head, ...behind];
  if (!path.startsWith('/') || !only(parts.join(''), `${PLAIN}-._~!$&()*+,=:@/`)) return false;
  // An escaped slash joins a scope, `@name`, to what begins with a letter or digit.
  if (!behind.every((part, i) => only(part.slice(0, 1), PLAIN) && part !== '' && endsInScope(parts[i] ?? '')))
    return false;
  const segments = path.slice(1).split('/');
  return segments.every(
    (segment, i) => segment !== '.' && segment !== '..' && (segment !== '' || i === segments.length - 1),
  );
}

function endsInScope(text: string): boolean {
  const at = text.lastIndexOf('@');
  const name = text.slice(at + 1);
  return at !== -1 && name !== '' && only(name.slice(0, 1), PLAIN) && only(name, `${PLAIN}-._~`);
}

function soundQuery(query: string): boolean {
  if (query === '') return true;
  return query.split('&').every((pair) => {
    const [key, value] = cut(pair, '=');
    return key !== '' && only(key, `${PLAIN}-._~`) && soundValue(value ?? '');
  });
}

function soundValue(value: string): boolean {
  const [plain = '', ...escapes] = value.split('%');
  const alphabet = `${PLAIN}-._~!$'()*+,:@/?=`;
  const hex = '0123456789abcdefABCDEF';
  return (
    only(plain, alphabet) &&
    escapes.every((part) => part.length >= 2 && only(part.slice(0, 2), hex) && only(part.slice(2), alphabet))
  );
}

/** Key names that prove who asks, or override the method; separators and case don't matter. */
const CREDENTIAL_WORDS = [
  'key apikey accesskey secretkey subscriptionkey authkey xapikey apikeyid accesskeyid awsaccesskeyid googleaccessid',
  'token accesstoken privatetoken jobtoken authtoken oauthtoken idtoken refreshtoken sessiontoken securitytoken',
  'bearertoken apitoken xauthtoken auth authorization bearer jwt sig signature credential credentials',
  'pass passwd password secret clientsecret apisecret method',
]
  .join(' ')
  .split(' ');

function queryNamesCredential(query: string): boolean {
  return query.split('&').some((pair) => {
    const key = (cut(pair, '=')[0] ?? '').toLowerCase();
    if (key.startsWith('x-amz-') || key.startsWith('x-goog-')) return true;
    const bare = [...key].filter((character) => !'._-'.includes(character)).join('');
    return bare === 'method' ? key === '_method' : CREDENTIAL_WORDS.includes(bare);
  });
}

function refuses(pattern: string, [name, value]: readonly [string, string]): boolean {
  const [wanted, glob] = cut(pattern, ':');
  if ((wanted ?? '').toLowerCase() !== name) return false;
  if (glob === undefined) return true;
  return value.split(',').some((item) => like(glob.trim().toLowerCase(), item.trim().toLowerCase()));
}

/** `*` is any text. */
function like(glob: string, text: string): boolean {
  if (glob === '') return text === '';
  if (glob.startsWith('*')) return like(glob.slice(1), text) || (text !== '' && like(glob, text.slice(1)));
  return text !== '' && glob[0] === text[0] && like(glob.slice(1), text.slice(1));
}

function admits(entry: Entry, method: string, url: Url): boolean {
  if (entry.rules === 'any') return true;
  if (entry.rules !== undefined) return entry.rules.some((rule) => ruleAdmits(rule, method, url));
  return (entry.repositories ?? []).some(({ name, clone, push }) => {
    const services = [...(clone ? ['git-upload-pack'] : []), ...(push ? ['git-receive-pack'] : [])];
    return ['', '.git'].some((suffix) =>
      services.some((service) => {
        const refs = `GET /${name}${suffix}/info/refs?service=${service}`;
        return ruleAdmits(refs, method, url) || ruleAdmits(`POST /${name}${suffix}/${service}?`, method, url);
      }),
    );
  });
}

function ruleAdmits(rule: string, method: string, url: Url): boolean {
  const [methods = '', target = ''] = rule.split(' ').filter((part) => part !== '');
  const [pattern = '', query] = cut(target, '?');
  if (!methods.split(',').includes(method)) return false;
  if (query !== undefined && query !== (url.query ?? '')) return false;
  return pathAdmits(pattern.slice(1).split('/'), url.path.slice(1).split('/'));
}

function pathAdmits(pattern: readonly string[], path: readonly string[]): boolean {
  const [want, ...wants] = pattern;
  const [have, ...haves] = path;
  if (want === undefined || have === undefined) return want === have;
  if (want === '**' && wants.length === 0) return true;
  if (want === '*' || (want.startsWith('*.') && want === '*.git')) {
    if (
      have === '' ||
      have.toLowerCase().includes('%2f') ||
      (want === '*.git' && !(have.endsWith('.git') && have.length > 4))
    )
      return false;
  } else if (want !== have) return false;
  return pathAdmits(wants, haves);
}

function cut(text: string, at: string): readonly [string, string?] {
  const found = text.indexOf(at);
  return found === -1 ? [text] : [text.slice(0, found), text.slice(found + 1)];
}
