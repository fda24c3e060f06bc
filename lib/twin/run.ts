import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compile, type Compiled } from '../envoy';
import { buildEtc, CERTIFICATE_FILES, findPublicRoots, MAPPED_ID } from './cell-files';
import { AGENT_HOME, type Cell, type CellMount } from './cell';
import { collect, exitCodeOf, spawnArgv } from './children';
import { EnvoyProcess } from './envoy-process';
import { buildEnvironment, FORWARD_SOCKET, GATEWAY_SOCKET } from './environment';
import { buildCellRules, buildWindowRules } from './firewall';
import { findIdentity, type Identity } from './identity';
import { isolationFrom } from './isolation';
import { KeeperProcess } from './keeper-process';
import { allowedRanges, localLayout, transparentPorts } from './layout';
import { Limits } from './limits';
import { Namespaces } from './namespaces';
import type { RunOptions, RunResult } from './options';
import { checkPlace, checkSources, workspaceFolder } from './preflight';
import { codeRoot, findEnvoy } from './program';
import { stageResolvers } from './resolvers';
import { RunDirectory } from './run-directory';
import { summarise } from './summary';
import { buildSystemMounts, copyEtc, stageBinds, stagePoint } from './system-mounts';
import { buildTrustStore } from './trust-store';
import { uplinkFrom } from './uplink';
import { prepareWorkspace, type Workspace } from './workspace';

const DEFAULT_MEMORY = 4 * 1024 ** 3;
const DEFAULT_PIDS = 512;
const TMPFS_BYTES = 1024 ** 3;
const NODE_IN_CELL = '/opt/node';

/** Things to undo, newest first. */
type Undo = (() => void | Promise<void>)[];

/**
 * Runs a command with the proxy as its only way out. Throws `RunRefused`, with cause and cure, when that can't be had:
 * the command is then never started.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const folder = workspaceFolder(options);
  const identity = findIdentity(folder);
  const isolation = isolationFrom(options.isolation ?? 'bubblewrap');
  const uplink = uplinkFrom(options.uplink);
  const compiled = options.compiled ?? compile(options.policy, localLayout(options));
  const [envoy] = await Promise.all([findEnvoy(options.envoy), checkPlace(options, identity, isolation, uplink)]);
  checkSources(options, compiled.manifest);
  const undo: Undo = [];
  try {
    return await new Run(options, identity, compiled, resolve(envoy), folder, undo).finish(isolation, uplink);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

class Run {
  private readonly directory: RunDirectory;
  private readonly network: 'proxy' | 'none';

  constructor(
    private readonly options: RunOptions,
    private readonly identity: Identity,
    private readonly compiled: Compiled,
    private readonly envoy: string,
    private readonly folder: string | undefined,
    private readonly undo: Undo,
  ) {
    this.network = options.network ?? 'proxy';
    this.directory = RunDirectory.create(options.runDirectory, identity.separate);
    undo.push(() => this.directory.tidy());
  }

  public async finish(
    isolation: ReturnType<typeof isolationFrom>,
    uplink: ReturnType<typeof uplinkFrom>,
  ): Promise<RunResult> {
    const { directory, identity, options, undo } = this;
    const workspace = await prepareWorkspace(options.workspace, this.folder, directory, identity, TMPFS_BYTES);
    const shown = this.stageShown();
    const own = this.stageOwn();
    const namespaces = await this.makeNamespaces(
      [...workspace.staged, ...shown.staged, ...own.staged, ...stageResolvers(uplink.resolvers, this.directory)],
      uplink.resolvers,
    );
    this.placeCompiled(namespaces);
    undo.push(await uplink.connect(namespaces));
    const publicRoots = findPublicRoots();
    const keeper = await KeeperProcess.start({
      options,
      identity,
      namespaces,
      directory,
      code: own.code,
      node: own.node,
      ...(publicRoots ? { publicRoots } : {}),
    });
    undo.push(() => keeper.close());
    const envoy = await EnvoyProcess.start({
      program: own.envoy,
      identity,
      namespaces,
      directory,
      environment: this.awsEnvironment(),
    });
    undo.push(() => envoy.close());
    keeper.onEnd(() =>
      this.notice('the keeper ended: secrets are no longer renewed, the proxy goes on with those it has'),
    );
    const cell = this.buildCell(workspace, shown.mounts, keeper.authority, publicRoots);
    const limits = isolation.holdsLimits ? undefined : Limits.create(cell);
    const notInForce = limits?.notInForce ?? [];
    this.announce(workspace, notInForce);
    const words = isolation.launch({ cell, identity, directory });
    const finished = await this.runCommand([...(limits?.enter() ?? []), ...namespaces.enterCell(), ...words]);
    await envoy.close();
    await limits?.close();
    const overlay = workspace.collect?.();
    return {
      ...finished,
      summary: summarise(directory.log),
      log: directory.log,
      notInForce,
      hidden: workspace.hidden,
      ...(overlay ? { overlay } : {}),
    };
  }

  private async makeNamespaces(
    staged: Parameters<typeof Namespaces.create>[0]['staged'],
    resolvers: readonly string[],
  ): Promise<Namespaces> {
    const { policy } = this.options;
    const ports = transparentPorts(policy);
    const namespaces = await Namespaces.create({
      identity: this.identity,
      directory: this.directory,
      link: this.network === 'proxy',
      cellRules: buildCellRules(ports),
      windowRules: buildWindowRules({ transparentPorts: ports, allowedRanges: allowedRanges(policy), resolvers }),
      staged,
    });
    this.undo.push(() => namespaces.close());
    return namespaces;
  }

  /** What the command may read beside the system: the caller's binds, and node where it isn't part of /usr. */
  private stageShown(): ReturnType<typeof stageBinds> {
    const binds = (this.options.readOnlyBinds ?? []).map((path) => ({ from: resolve(path), to: resolve(path) }));
    const node = dirname(dirname(process.execPath));
    return stageBinds(
      [...binds, ...(process.execPath.startsWith('/usr/') ? [] : [{ from: node, to: NODE_IN_CELL }])],
      this.directory,
    );
  }

  /** Our programs where the proxy's id can read them, whoever's home they are installed in. */
  private stageOwn(): { code: string; node: string; envoy: string; staged: { from: string; to: string }[] } {
    if (!this.identity.separate) return { code: codeRoot(), node: process.execPath, envoy: this.envoy, staged: [] };
    const at = (name: string, from: string): string =>
      stagePoint(from, join(this.directory.staged, name), this.directory);
    const own = { code: at('code', codeRoot()), node: at('node', process.execPath), envoy: at('envoy', this.envoy) };
    return {
      ...own,
      staged: [
        { from: codeRoot(), to: own.code },
        { from: process.execPath, to: own.node },
        { from: this.envoy, to: own.envoy },
      ],
    };
  }

  /** Writes the compiled files and the authorities into the private mount, and gives them to the proxy's id. */
  private placeCompiled(namespaces: Namespaces): void {
    const { directory, identity } = this;
    const root = namespaces.inside(directory.window);
    const place = (path: string, text: string | Uint8Array): void => {
      mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(root, path), text, { mode: 0o600 });
    };
    for (const [path, text] of Object.entries(this.compiled.files)) place(path, text);
    for (const [name, path] of Object.entries(this.options.authorities ?? {}))
      place(`ca/${name}.pem`, readFileSync(path));
    if (!identity.separate) return;
    chownTree(root, identity.window);
    chownSync(directory.sockets, identity.window, identity.window);
  }

  private buildCell(
    workspace: Workspace,
    shown: readonly CellMount[],
    authority: string,
    publicRoots: string | undefined,
  ): Cell {
    const { directory, options } = this;
    const uid = options.isolation === undefined || options.isolation === 'bubblewrap' ? MAPPED_ID : this.identity.cell;
    for (const [name, text] of Object.entries(buildEtc(options.policy, this.network === 'proxy', uid)))
      directory.writeCellFile(`etc/${name}`, text);
    copyEtc(directory);
    const bundle = `${publicRoots === undefined ? '' : readFileSync(publicRoots, 'utf8')}\n${authority}`;
    for (const name of CERTIFICATE_FILES) directory.writeCellFile(`etc/${name}`, bundle);
    directory.writeCellFile('etc/anchorhold/authority.crt', authority);
    directory.writeCellFile('etc/anchorhold/trust.p12', buildTrustStore(bundle));
    const nodeOutside = !process.execPath.startsWith('/usr/');
    const environment = buildEnvironment({
      policy: options.policy,
      network: this.network,
      bundle: `/etc/${CERTIFICATE_FILES[0]}`,
      authority: '/etc/anchorhold/authority.crt',
      trustStore: '/etc/anchorhold/trust.p12',
      ...(options.environment ? { extra: options.environment } : {}),
    });
    return {
      mounts: [...buildSystemMounts(directory, TMPFS_BYTES), ...this.socketMounts(), ...workspace.mounts, ...shown],
      environment: nodeOutside
        ? { ...environment, PATH: `${NODE_IN_CELL}/bin:${environment['PATH'] ?? ''}` }
        : environment,
      directory: workspace.directory === AGENT_HOME ? AGENT_HOME : workspace.directory,
      command: options.command,
      hostname: 'cell',
      pids: options.pids ?? DEFAULT_PIDS,
      memoryBytes: options.memoryBytes ?? DEFAULT_MEMORY,
    };
  }

  /** Without a network the proxy's two sockets are all there is. */
  private socketMounts(): readonly CellMount[] {
    if (this.network !== 'none') return [];
    const at = (name: string): string => join(this.directory.sockets, name);
    for (const name of ['gateway.sock', 'forward.sock']) chmodSync(at(name), 0o666);
    return [
      { kind: 'bind', from: at('gateway.sock'), to: GATEWAY_SOCKET },
      { kind: 'bind', from: at('forward.sock'), to: FORWARD_SOCKET },
    ];
  }

  /** SigV4 is signed in Envoy: only then does it get the caller's AWS credentials. */
  private awsEnvironment(): Readonly<Record<string, string>> {
    const signs = this.options.policy.upstreams.some(
      (upstream) => upstream.tls === 'intercept' && upstream.credential?.kind === 'sigv4',
    );
    const names = signs ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] : [];
    return Object.fromEntries(
      names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])),
    );
  }

  private announce(workspace: Workspace, notInForce: readonly string[]): void {
    if (workspace.hidden.length > 0) {
      const names = workspace.hidden.map(({ path, why }) => `${JSON.stringify(path)} (${why})`);
      this.notice(
        `hidden from the command: ${names.slice(0, 20).join(', ')}${names.length > 20 ? `, and ${names.length - 20} more` : ''}`,
      );
    }
    for (const line of notInForce) this.notice(`not in force: ${line}`);
    const wildcards = this.options.policy.upstreams.some(({ host }) => host.startsWith('*'));
    if ((wildcards || this.network === 'none') && Number(process.versions.node.split('.')[0]) < 24) {
      this.notice(
        'node before 24 ignores proxy variables: there, only exact host names (and base URLs) of the policy work',
      );
    }
  }

  private notice(line: string): void {
    if (this.options.notice) this.options.notice(line);
    else process.stderr.write(`anchorhold: ${line}\n`);
  }

  private async runCommand(argv: readonly string[]): Promise<{ exitCode: number; stdout?: string; stderr?: string }> {
    const { stdio = 'inherit', signal } = this.options;
    const pipe = stdio === 'capture' ? 'pipe' : stdio;
    const child = spawnArgv(argv, {
      stdio: [stdio === 'inherit' ? 'inherit' : 'ignore', pipe, pipe],
      env: { PATH: process.env['PATH'] },
    });
    const decoder = new TextDecoder();
    child.stdout?.on('data', (chunk: Buffer) => this.options.output?.(decoder.decode(chunk, { stream: true })));
    let ended: NodeJS.Signals | undefined;
    // bubblewrap dies with its parent, and everything inside with it: nothing outlives the run.
    const end = (name: NodeJS.Signals): void => void ((ended = name), child.kill('SIGKILL'));
    const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    const abort = (): void => end('SIGTERM');
    for (const name of names) process.on(name, end);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    try {
      const finished = await collect(child);
      const exitCode = ended === undefined ? finished.code : exitCodeOf(null, ended);
      return stdio === 'capture' ? { exitCode, stdout: finished.stdout, stderr: finished.stderr } : { exitCode };
    } finally {
      for (const name of names) process.removeListener(name, end);
      signal?.removeEventListener('abort', abort);
    }
  }
}

function chownTree(folder: string, uid: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) chownTree(path, uid);
    chownSync(path, uid, uid);
  }
}
