import { accessSync, constants, statSync } from 'node:fs';
import type { Policy } from '../policy';
import type { IsolationName, RunOptions, SecretSource, UplinkOptions, WorkspaceOptions } from '../twin';
import { CliError } from './exits';
import { fileFault } from './read-text';
import type { Terminal } from './terminal';

/** The flags of `anchorhold run` as commander hands them over. */
export interface RunFlags {
  readonly policy: string;
  /** @default - no secret */
  readonly secret?: readonly string[];
  /** @default - no authority */
  readonly ca?: readonly string[];
  /** @default - no workspace */
  readonly workspace?: string;
  /** @default - no workspace */
  readonly workspaceOverlay?: string;
  /** @default false */
  readonly workspaceTmp?: boolean;
  /** @default 'proxy' */
  readonly network?: 'proxy' | 'none';
  /** @default 'bubblewrap' */
  readonly isolation?: IsolationName;
  /** @default 'slirp4netns' */
  readonly uplink?: string;
  /** @default - found by variable, PATH or cache */
  readonly envoy?: string;
  /** @default - ask on a terminal, else discard */
  readonly apply?: boolean;
  /** @default - ask on a terminal, else discard */
  readonly discard?: boolean;
  /** @default false */
  readonly json?: boolean;
}

/**
 * What the flags and the policy come to. All that is missing is found before anything starts.
 * @throws CliError with every problem, one a line.
 */
export function runOptions(
  policy: Policy,
  command: readonly string[],
  flags: RunFlags,
  terminal: Terminal,
): RunOptions {
  const secrets = secretSources(flags.secret ?? []);
  const authorities = namedFiles('--ca', flags.ca ?? []);
  const problems = [
    ...unknownSecrets(policy, secrets),
    ...missingSecrets(policy, secrets, terminal.env),
    ...missingAuthorities(policy, authorities),
  ];
  if (problems.length > 0) throw new CliError(problems.join('\n'));
  const workspace = workspaceOf(flags);
  return {
    policy,
    command,
    secrets,
    authorities,
    ...(workspace && { workspace }),
    ...(flags.isolation && { isolation: flags.isolation }),
    ...(flags.network && { network: flags.network }),
    ...(flags.uplink !== undefined && { uplink: uplinkOf(flags.uplink) }),
    ...(flags.envoy !== undefined && { envoy: flags.envoy }),
  };
}

/** Names of the secrets a policy needs, sorted. */
export function secretNames(policy: Policy): readonly string[] {
  return sortedUnique(
    policy.upstreams.flatMap((upstream) => {
      const credential = upstream.tls === 'intercept' ? upstream.credential : undefined;
      return credential && 'secret' in credential ? [credential.secret] : [];
    }),
  );
}

function secretSources(written: readonly string[]): Record<string, SecretSource> {
  const sources = new Map<string, SecretSource>();
  for (const text of written) {
    const match = /^([^=]+)=(env|file):(.+)$/s.exec(text);
    const [, name, kind, where] = match ?? [];
    // Not echoed: someone who writes NAME=value puts the secret itself here.
    if (!name || !where)
      throw new CliError(
        '--secret: expected NAME=env:VARIABLE or NAME=file:PATH, got something else (a value itself never belongs on a command line) [secret-malformed]',
      );
    if (sources.has(name))
      throw new CliError('--secret: expected one source for each secret, got two for one [secret-twice]');
    sources.set(name, kind === 'env' ? { env: where } : { file: where });
  }
  return Object.fromEntries(sources);
}

function missingSecrets(
  policy: Policy,
  sources: Readonly<Record<string, SecretSource>>,
  env: Terminal['env'],
): readonly string[] {
  return secretNames(policy).flatMap((name) => {
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (!source)
      return [
        `--secret: expected a source for the secret "${name}", got none; add --secret ${name}=env:VARIABLE or --secret ${name}=file:PATH [secret-missing]`,
      ];
    const fault = faultOfSource(source, env);
    return fault === undefined ? [] : [`--secret ${name}: ${fault}`];
  });
}

/** What follows `env:` or `file:` isn't echoed either: it may be the secret's value. */
function faultOfSource(source: SecretSource, env: Terminal['env']): string | undefined {
  if ('env' in source) {
    return env[source.env]
      ? undefined
      : 'expected the variable named after env: to hold it, got an empty or unset variable; export that variable first [secret-empty]';
  }
  const fault = faultOfFile(source.file) ?? faultOfContent(source.file);
  return fault && `expected a readable file at the path after file:, got ${fault} [secret-unreadable]`;
}

/** A name the policy doesn't know isn't echoed: it may be the start of a value that holds a `=`. */
function unknownSecrets(policy: Policy, sources: Readonly<Record<string, SecretSource>>): readonly string[] {
  const names = secretNames(policy);
  if (Object.keys(sources).every((name) => names.includes(name))) return [];
  const known = names.length === 0 ? 'it names none' : `it names ${names.join(', ')}`;
  return [`--secret: expected the name of a secret of the policy (${known}), got another [secret-unknown]`];
}

function missingAuthorities(policy: Policy, paths: Readonly<Record<string, string>>): readonly string[] {
  const needed = sortedUnique(
    policy.upstreams.flatMap((upstream) => (upstream.tls === 'intercept' && upstream.ca ? [upstream.ca] : [])),
  );
  return needed.flatMap((name) => {
    const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
    if (path === undefined)
      return [
        `--ca: expected the certificates of the authority "${name}", got none; add --ca ${name}=PATH to a PEM file [authority-missing]`,
      ];
    const fault = faultOfFile(path);
    return fault ? [`--ca ${name}: expected a PEM file, got ${fault} at ${path} [authority-unreadable]`] : [];
  });
}

function namedFiles(flag: string, written: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    written.map((text) => {
      const at = text.indexOf('=');
      if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
      throw new CliError(`${flag}: expected NAME=PATH, got "${text}" [ca-malformed]`);
    }),
  );
}

function workspaceOf(flags: RunFlags): WorkspaceOptions | undefined {
  const asked: WorkspaceOptions[] = [
    ...(flags.workspace === undefined ? [] : [{ kind: 'read-only', directory: flags.workspace } as const]),
    ...(flags.workspaceOverlay === undefined ? [] : [{ kind: 'overlay', directory: flags.workspaceOverlay } as const]),
    ...(flags.workspaceTmp ? [{ kind: 'tmp' } as const] : []),
  ];
  if (asked.length > 1)
    throw new CliError(
      '--workspace: expected one of --workspace, --workspace-overlay and --workspace-tmp, got several [workspace-twice]',
    );
  if ((flags.apply || flags.discard) && flags.workspaceOverlay === undefined)
    throw new CliError('--apply, --discard: expected --workspace-overlay DIR beside it, got none [no-overlay]');
  if (flags.apply && flags.discard)
    throw new CliError('--apply: expected either --apply or --discard, got both [apply-and-discard]');
  const directory = asked[0]?.directory;
  if (directory !== undefined && !statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    throw new CliError(`--workspace: expected a directory, got ${directory}, which is none [workspace-missing]`);
  return asked[0];
}

function uplinkOf(written: string): UplinkOptions {
  if (written === 'slirp4netns') return { kind: 'slirp4netns' };
  const [, namespace, resolver] = /^veth:([^,]+)(?:,resolver=(.+))?$/.exec(written) ?? [];
  if (namespace !== undefined) return { kind: 'veth', namespace, ...(resolver !== undefined && { resolver }) };
  throw new CliError(
    `--uplink: expected slirp4netns, veth:NAMESPACE or veth:NAMESPACE,resolver=ADDRESS, got "${written}" [uplink-unknown]`,
  );
}

function faultOfFile(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() ? 'a directory' : undefined;
  } catch (error) {
    return fileFault(error);
  }
}

/** A secret's file is read again when it changes, which a pipe can't be. */
function faultOfContent(path: string): string | undefined {
  const found = statSync(path);
  if (!found.isFile()) return 'a device or a pipe, which can be read once only';
  return found.size === 0 ? 'an empty one' : undefined;
}

function sortedUnique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
