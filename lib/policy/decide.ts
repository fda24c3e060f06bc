import { ANY_METHODS, CREDENTIAL_QUERY_KEY, ORDINARY_QUERY, REST_UNIT } from './alphabet';
import { credentialId } from './credential';
import { deniedHeader, type Header } from './header-pattern';
import { pathMatches } from './path-pattern';
import type { AgentRequest, Decision, InterceptUpstream, Policy, Rule, Upstream } from './policy';
import type { Reason } from './reason';

const METHOD = /^[A-Z]{1,32}$/;
const PATH = new RegExp(`^/${REST_UNIT}*$`);
const QUERY = new RegExp(`^(?:${ORDINARY_QUERY})?$`);
const CREDENTIAL_KEY = new RegExp(`^${CREDENTIAL_QUERY_KEY}$`, 'i');
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A longer target is answered 431 by the proxy before any rule is read. */
const MAX_TARGET = 60 * 1024;

/**
 * The executable meaning of a policy: what Envoy does must equal it. Never throws; what it can't read is denied.
 * The request is taken as it stands on the wire: nothing is decoded or resolved before it is judged.
 */
export function decide(policy: Policy, request: AgentRequest): Decision {
  const target = splitUrl(request.url);
  if (typeof target === 'string') return deny(target);
  const upstream = findUpstream(policy, target.host, target.port);
  if (upstream === undefined) return deny('host-not-listed');
  const name = `${upstream.host}:${upstream.port}`;
  if (upstream.tls === 'passthrough') return { verdict: 'allow', reason: 'passthrough', upstream: name };
  const refusal = judgeForm(upstream, request, target);
  if (refusal !== undefined) return deny(refusal, name);
  const found = findRule(upstream.rules, request.method, target.path, target.query);
  if (typeof found === 'string') return deny(found, name);
  const credential = upstream.credential === undefined ? {} : { credential: credentialId(upstream.credential) };
  return { verdict: 'allow', reason: 'rule-matched', upstream: name, rule: found.id, ...credential };
}

/** The upstream that answers for a name (lower case) and port: the exact one, else the longest wildcard. */
export function findUpstream(policy: Policy, host: string, port: number): Upstream | undefined {
  const index = indexOf(policy);
  const exact = index.get(`${host}:${port}`);
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const wildcard = index.get(`*${host.slice(dot)}:${port}`);
    if (wildcard !== undefined) return wildcard;
  }
  return undefined;
}

const indexes = new WeakMap<Policy, ReadonlyMap<string, Upstream>>();

function indexOf(policy: Policy): ReadonlyMap<string, Upstream> {
  const known = indexes.get(policy);
  if (known !== undefined) return known;
  const made = new Map(policy.upstreams.map((upstream) => [`${upstream.host}:${upstream.port}`, upstream]));
  indexes.set(policy, made);
  return made;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Without its `?`; undefined: the target has none. */
  readonly query: string | undefined;
}

/** By hand: a URL parser would resolve dot segments, decode and forgive, and so judge another path than the one sent. */
function splitUrl(url: string): Target | Reason {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url);
  if (scheme === null) return 'malformed-authority';
  if (scheme[1]?.toLowerCase() !== 'https') return 'scheme-not-https';
  const after = url.slice(scheme[0].length);
  const end = after.search(/[/?#\\]/);
  const authority = parseAuthority(end === -1 ? after : after.slice(0, end));
  if (authority === undefined) return 'malformed-authority';
  const target = end === -1 ? '/' : after.slice(end);
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  return { ...authority, path: path === '' ? '/' : path, query: mark === -1 ? undefined : target.slice(mark + 1) };
}

function parseAuthority(text: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^([A-Za-z0-9.-]+?)\.?(?::([1-9][0-9]{0,4}))?$/.exec(text);
  const host = match?.[1]?.toLowerCase();
  if (host === undefined || host.length > 253) return undefined;
  if (!host.split('.').every((label) => LABEL.test(label))) return undefined;
  const port = match?.[2] === undefined ? 443 : Number(match[2]);
  return port > 65535 ? undefined : { host, port };
}

function judgeForm(upstream: InterceptUpstream, request: AgentRequest, target: Target): Reason | undefined {
  if (!METHOD.test(request.method)) return 'malformed-method';
  const headers = request.headers ?? [];
  if (!headers.every(isWellFormed)) return 'malformed-header';
  if (!agreesOnHost(headers, target)) return 'authority-mismatch';
  if (!isPlainPath(target.path) || target.path.length + (target.query?.length ?? 0) > MAX_TARGET) {
    return 'malformed-path';
  }
  if (target.query !== undefined && !QUERY.test(target.query)) return 'malformed-query';
  if (upstream.agentCredentials === 'strip' && carriesCredential(target.query)) return 'credential-in-query';
  if (headers.some((header) => deniedHeader(upstream.headers.deny, header))) return 'header-denied';
  return isRefusedUpgrade(headers, upstream.websocket) ? 'websocket-not-allowed' : undefined;
}

/** Anything normalisation would change, or two parsers could read differently, is not plain. */
function isPlainPath(path: string): boolean {
  return PATH.test(path) && !path.includes('//') && !/\/\.{1,2}(?:\/|$)/.test(path);
}

function carriesCredential(query: string | undefined): boolean {
  return query?.split('&').some((pair) => CREDENTIAL_KEY.test(pair.split('=', 1)[0] ?? '')) ?? false;
}

/** Underscores are refused: some servers read `x_api_key` as `x-api-key`, past what was stripped. */
function isWellFormed([name, value]: Header): boolean {
  return /^[A-Za-z0-9!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\uffff]*$/.test(value);
}

function agreesOnHost(headers: readonly Header[], target: Target): boolean {
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  if (hosts.length > 1) return false;
  return hosts.every(([, value]) => {
    const said = parseAuthority(value.trim());
    return said !== undefined && said.host === target.host && said.port === target.port;
  });
}

/** An upgrade is one only with `Connection: upgrade`; `h2c` is dropped by the proxy, not followed. */
function isRefusedUpgrade(headers: readonly Header[], allowed: boolean): boolean {
  const tokens = (wanted: string) =>
    headers
      .filter(([name]) => name.toLowerCase() === wanted)
      .flatMap(([, value]) => value.toLowerCase().split(','))
      .map((token) => token.trim())
      .filter((token) => token !== '' && token !== 'h2c');
  const upgrades = tokens('upgrade');
  if (upgrades.length === 0 || !tokens('connection').includes('upgrade')) return false;
  return !(allowed && upgrades.every((upgrade) => upgrade === 'websocket'));
}

function findRule(rules: readonly Rule[], method: string, path: string, query: string | undefined): Rule | Reason {
  const onPath = rules.filter((rule) => pathMatches(rule.path, path));
  if (onPath.length === 0) return 'path-not-allowed';
  const onMethod = onPath.filter((rule) => ruleMethods(rule).includes(method));
  if (onMethod.length === 0) return 'method-not-allowed';
  const matched = onMethod.find((rule) => rule.query === 'ordinary' || rule.query.exact === (query ?? ''));
  return matched ?? 'query-not-allowed';
}

/** The methods a rule allows, `any` written out. */
export function ruleMethods(rule: Rule): readonly string[] {
  return rule.methods === 'any' ? ANY_METHODS : rule.methods;
}

function deny(reason: Reason, upstream?: string): Decision {
  return { verdict: 'deny', reason, ...(upstream === undefined ? {} : { upstream }) };
}
