import { truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AUTHORITY_FILE, type KeeperCredential, type KeeperManifest } from '../envoy';
import { makeDirectory, type Owner, writeAtomically } from './atomic-file';
import { Authority } from './authority';
import { Credential } from './credential';
import { CredentialFile } from './credential-file';
import { KeeperError, told } from './keeper-error';
import { Leaves } from './leaves';
import { checkManifest } from './manifest';
import { render } from './render';
import type { Reach, Servers } from './request-json';
import { publicRoots, readRoots } from './roots';
import type { SecretSource } from './secret-source';
import type { KeeperRecord, KeeperStatus } from './status';
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
  /** Random text that our authority's key is derived from, so that it is the same over restarts. @default - a new authority each start */
  readonly authoritySeed?: string;
  /** @default - only the keeper's own user may read what it writes */
  readonly owner?: Owner;
  /** @default - the real services */
  readonly servers?: Servers;
  /** @default - the system's */
  readonly clock?: Clock;
  /** @default - nothing is logged */
  readonly log?: (record: KeeperRecord) => void;
}

/** Time, as a seam. All that is due is looked up at each beat, so a suspended machine and delays past 24 days need no care. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `beat` every so many milliseconds until the returned function is called. */
  every(milliseconds: number, beat: () => void): () => void;
}

const systemClock: Clock = {
  now: () => Date.now(),
  every(milliseconds, beat) {
    const timer = setInterval(beat, milliseconds);
    return () => clearInterval(timer);
  },
};

/** Starts it. Throws `KeeperError` with all that is wrong with what it was given; what can mend itself later shows in `status()` instead. */
export function startKeeper(options: KeeperOptions): Keeper {
  checkManifest(options.manifest, {
    sources: Object.keys(options.sources),
    authorities: Object.keys(options.authorities ?? {}),
  });
  return new Keeper(options);
}

/** A running keeper. */
export class Keeper {
  /** Settles when every credential, leaf and authority is there. Rejects only when it is stopped before that. */
  readonly ready: Promise<void>;
  /** PEM: what the agent's clients are told to trust. */
  readonly authorityCertificate: string;
  private readonly clock: Clock;
  private readonly log: (record: KeeperRecord) => void;
  private readonly credentials: readonly Credential[];
  private readonly secrets: readonly WatchedSecret[];
  private readonly leaves: Leaves;
  private readonly ended = new AbortController();
  private missingRoots: readonly string[] = [];
  private settle: { readonly resolve: () => void; readonly reject: (reason: Error) => void } | undefined;

  /** @internal */
  constructor(private readonly options: KeeperOptions) {
    const { manifest, sources, authoritySeed: seed } = options;
    this.clock = options.clock ?? systemClock;
    this.log = options.log ?? (() => undefined);
    this.ready = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Nobody need wait on it: stopping early must not end the process as an unhandled rejection.
    this.ready.catch(() => undefined);
    const authority = seed === undefined ? Authority.create(this.now()) : Authority.fromSeed(seed, this.now());
    this.authorityCertificate = authority.certificate;
    // Envoy never finds a credential whose directory came after its start.
    for (const { file } of manifest.credentials) this.prepare(file);
    this.write(AUTHORITY_FILE, authority.certificate);
    this.writeRoots();
    this.credentials = manifest.credentials.map((credential) => this.hold(credential));
    this.leaves = new Leaves(manifest.leaves, authority, (file, content) => this.write(file, content), this.log);
    this.secrets = Object.entries(sources).map(([name, source]) => {
      const made = this.credentials.filter(({ secret }) => secret === name);
      return new WatchedSecret(name, source, made, this.now, this.ended.signal);
    });
    this.ended.signal.addEventListener(
      'abort',
      this.clock.every(1000, () => this.beat()),
    );
    this.beat();
  }

  status(): KeeperStatus {
    const credentials = this.credentials.map((credential) => credential.status());
    const absent = credentials.filter(({ state }) => state === 'absent').map(({ id }) => `credential ${id}`);
    const missing = [...absent, ...this.leaves.missing(), ...this.missingRoots.map((name) => `authority ${name}`)];
    const { dueAt } = this.leaves;
    return {
      ready: missing.length === 0,
      policy: this.options.manifest.policy,
      missing,
      credentials,
      ...(dueAt > 0 && dueAt < Infinity ? { renewal: new Date(dueAt).toISOString() } : {}),
    };
  }

  /** Looks at every source and bundle now. */
  reread(): void {
    try {
      this.writeRoots();
    } catch (failure) {
      this.log({ event: 'problem', about: 'authorities', problem: told(failure) });
    }
    this.beat(true);
  }

  /** Ends all work. The files stay: Envoy drains with them, and the place deletes the directory. */
  stop(): void {
    this.ended.abort();
    const missing = this.status().missing.join(', ');
    this.settle?.reject(
      new KeeperError(`the keeper was stopped before it was ready; missing: ${missing}`, 'keeper-stopped'),
    );
    this.settle = undefined;
  }

  private readonly now = (): number => this.clock.now();

  private beat(hurry = false): void {
    if (this.ended.signal.aborted) return;
    for (const secret of this.secrets) void secret.look(hurry);
    for (const credential of this.credentials) credential.beat(this.now(), hurry);
    void this.leaves.renewDue(this.now(), this.ended.signal).then(() => this.tellReady());
  }

  private tellReady(): void {
    if (!this.settle || !this.status().ready) return;
    this.settle.resolve();
    this.settle = undefined;
    this.log({ event: 'ready' });
  }

  private hold({ id, file, credential }: KeeperCredential): Credential {
    const log = (record: KeeperRecord): void => {
      this.log(record);
      queueMicrotask(() => this.tellReady());
    };
    const { publicRoots: bundle, servers } = this.options;
    const reach: Reach = {
      roots: () => publicRoots(bundle),
      signal: this.ended.signal,
      ...(servers === undefined ? {} : { servers }),
    };
    return new Credential(
      new CredentialFile(id, (value) => this.writeValue(file, value), log),
      'secret' in credential ? credential.secret : undefined,
      (secret) => render(credential, secret, reach, this.now()),
      this.now,
    );
  }

  /** All are read before any is written, so that a broken bundle leaves the good ones in place. */
  private writeRoots(): void {
    const { manifest, authorities = {} } = this.options;
    const bundles = manifest.authorities.map(({ name, file }) => ({
      file,
      pems: name === undefined ? publicRoots(this.options.publicRoots) : readRoots(name, authorities[name] ?? ''),
    }));
    this.missingRoots = manifest.authorities.map(({ name }) => name ?? 'public');
    for (const { file, pems } of bundles) this.write(file, `${pems.map((pem) => pem.trim()).join('\n')}\n`);
    this.missingRoots = [];
  }

  private writeValue(file: string, value: string): void {
    if (this.ended.signal.aborted) return;
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
