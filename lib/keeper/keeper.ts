import { truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AUTHORITY_FILE, type KeeperCredential, type KeeperManifest } from '../envoy';
import { makeDirectory, type Owner, writeAtomically } from './atomic-file';
import { Authority } from './authority';
import { type Clock, systemClock } from './clock';
import { CredentialFile, type CredentialStatus, type KeeperRecord } from './credential-file';
import { FetchedCredential, type HeldCredential, staticCredential } from './held-credential';
import { KeeperError, told } from './keeper-error';
import { Leaves } from './leaves';
import { checkManifest } from './manifest';
import { publicRoots, readRoots } from './roots';
import type { SecretSource } from './secret-source';
import { fetchToken, isTokenSource, type TokenServers } from './token';
import { WatchedSecret } from './watched-secret';

/** What the keeper is given. */
export interface KeeperOptions {
  readonly manifest: KeeperManifest;
  /** The run directory: Envoy's working directory. */
  readonly directory: string;
  /** By the secret's name. */
  readonly sources: Readonly<Record<string, SecretSource>>;
  /** Files of PEM certificates by the authority's name, for upstreams with `ca`. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** File of the public roots. @default - the roots node ships */
  readonly publicRoots?: string;
  /** Directory that keeps our authority over restarts. @default - a new authority each start, its key in memory only */
  readonly authority?: string;
  /** @default - only the keeper's own user may read what it writes */
  readonly owner?: Owner;
  /** @default - as the real services are reached */
  readonly tokenServers?: TokenServers;
  /** @default - the system's */
  readonly clock?: Clock;
  /** @default - nothing is logged */
  readonly log?: (record: KeeperRecord) => void;
}

/** How it stands, names only. */
export interface KeeperStatus {
  readonly ready: boolean;
  /** Digest of the policy. */
  readonly policy: string;
  /** `credential ID`, `leaf HOST`, `authority NAME`: what Envoy would lack now. */
  readonly missing: readonly string[];
  readonly credentials: readonly CredentialStatus[];
  /** When the leaves are next renewed, ISO 8601. */
  readonly renewal?: string;
}

/** A running keeper. */
export interface Keeper {
  /** Settles when every credential, leaf and authority is there. Rejects only when it is stopped before that. */
  readonly ready: Promise<void>;
  /** PEM: what the agent's clients are told to trust. */
  readonly authorityCertificate: string;
  status(): KeeperStatus;
  /** Looks at every source and bundle now. */
  reread(): void;
  /** Ends all work. The files stay: Envoy drains with them, and the place deletes the directory. */
  stop(): void;
}

/** Starts it. Throws `KeeperError` with all that is wrong with what it was given; what can mend itself later shows in `status()` instead. */
export function startKeeper(options: KeeperOptions): Keeper {
  checkManifest(options.manifest, {
    sources: Object.keys(options.sources),
    authorities: Object.keys(options.authorities ?? {}),
  });
  return new RunningKeeper(options);
}

class RunningKeeper implements Keeper {
  readonly ready: Promise<void>;
  readonly authorityCertificate: string;
  private readonly clock: Clock;
  private readonly log: (record: KeeperRecord) => void;
  private readonly credentials: readonly HeldCredential[];
  private readonly secrets: readonly WatchedSecret[];
  private readonly leaves: Leaves;
  private readonly ended = new AbortController();
  private roots: readonly string[] = [];
  private missingRoots: readonly string[] = [];
  private settle: { readonly resolve: () => void; readonly reject: (reason: Error) => void } | undefined;

  constructor(private readonly options: KeeperOptions) {
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? (() => undefined);
    const now = this.clock.now();
    this.ready = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Nobody need wait on it: stopping early must not end the process as an unhandled rejection.
    this.ready.catch(() => undefined);
    const authority = options.authority === undefined ? Authority.create(now) : Authority.kept(options.authority, now);
    this.authorityCertificate = authority.certificate;
    // Envoy never finds a credential whose directory came after its start.
    for (const { file } of [...options.manifest.credentials, ...options.manifest.authorities]) this.prepare(file);
    this.write(AUTHORITY_FILE, authority.certificate);
    this.writeRoots();
    this.credentials = options.manifest.credentials.map((credential) => this.hold(credential));
    this.leaves = new Leaves(
      options.manifest.leaves,
      authority,
      (file, content) => this.write(file, content),
      this.log,
    );
    this.secrets = Object.entries(options.sources).map(
      ([name, source]) =>
        new WatchedSecret(
          name,
          source,
          this.credentials.filter(({ secret }) => secret === name),
        ),
    );
    const stopBeats = this.clock.every(1000, () => this.beat());
    this.ended.signal.addEventListener('abort', stopBeats);
    this.beat();
  }

  status(): KeeperStatus {
    const credentials = this.credentials.map((credential) => credential.status());
    const absent = credentials.filter(({ state }) => state === 'absent').map(({ id }) => `credential ${id}`);
    const missing = [...absent, ...this.leaves.missing(), ...this.missingRoots.map((name) => `authority ${name}`)];
    const { renewAt } = this.leaves;
    return {
      ready: missing.length === 0,
      policy: this.options.manifest.policy,
      missing,
      credentials,
      ...(renewAt > 0 ? { renewal: new Date(renewAt).toISOString() } : {}),
    };
  }

  reread(): void {
    try {
      this.writeRoots();
    } catch (failure) {
      this.log({ event: 'problem', about: 'authorities', problem: told(failure) });
    }
    this.beat(true);
  }

  stop(): void {
    this.ended.abort();
    this.settle?.reject(
      new KeeperError(
        `the keeper was stopped before it was ready; missing: ${this.status().missing.join(', ')}`,
        'keeper-stopped',
      ),
    );
    this.settle = undefined;
  }

  private beat(hurry = false): void {
    if (this.ended.signal.aborted) return;
    const now = this.clock.now();
    for (const secret of this.secrets) void secret.look(now, this.ended.signal, hurry).then(() => this.tellReady());
    for (const credential of this.credentials) credential.beat(now, hurry);
    void this.leaves.renewDue(now, this.ended.signal).then(() => this.tellReady());
  }

  private tellReady(): void {
    if (!this.settle || !this.status().ready) return;
    this.settle.resolve();
    this.settle = undefined;
    this.log({ event: 'ready' });
  }

  private hold({ id, file, credential }: KeeperCredential): HeldCredential {
    const kept = new CredentialFile(
      id,
      (value) => this.writeValue(file, value),
      (record) => {
        this.log(record);
        queueMicrotask(() => this.tellReady());
      },
    );
    if (!isTokenSource(credential)) return staticCredential(credential, kept);
    const fetch = (secret: string) =>
      fetchToken(credential, secret, {
        now: this.clock.now(),
        roots: this.roots,
        servers: this.options.tokenServers ?? {},
        signal: this.ended.signal,
      });
    return new FetchedCredential(credential, kept, fetch, () => this.clock.now());
  }

  /** All are read before any is written, so that a broken bundle leaves the good ones in place. */
  private writeRoots(): void {
    const { manifest, authorities = {} } = this.options;
    const roots = publicRoots(this.options.publicRoots);
    const bundles = manifest.authorities.map(({ name, file }) => ({
      file,
      pems: name === undefined ? roots : readRoots(name, authorities[name] ?? ''),
    }));
    this.missingRoots = manifest.authorities.map(({ name }) => name ?? 'public');
    for (const { file, pems } of bundles) this.write(file, `${pems.map((pem) => pem.trim()).join('\n')}\n`);
    this.roots = roots;
    this.missingRoots = [];
  }

  private writeValue(file: string, value: string): void {
    try {
      this.write(file, value);
    } catch (failure) {
      // A revocation needs no space on a full disk: Envoy looks again in a second and sees the file emptied in place.
      if (value !== '') throw failure;
      truncateSync(join(this.options.directory, file));
    }
  }

  private prepare(file: string): void {
    makeDirectory(this.options.directory, join(this.options.directory, dirname(file)), this.options.owner);
  }

  private write(file: string, content: string): void {
    this.prepare(file);
    writeAtomically(join(this.options.directory, file), content, this.options.owner);
  }
}
