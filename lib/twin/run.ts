import { resolve } from 'node:path';
import { compile, type Compiled } from '../envoy';
import { buildCell, stageShown, TMPFS_BYTES } from './build-cell';
import { findPublicRoots } from './cell-files';
import { EnvoyProcess } from './envoy-process';
import { buildCellRules, buildWindowRules } from './firewall';
import { findIdentity, type Identity } from './identity';
import { isolationFrom, type Isolation } from './isolation';
import { KeeperProcess } from './keeper-process';
import { allowedRanges, localLayout, transparentPorts } from './layout';
import { Limits } from './limits';
import { Namespaces, type Staged } from './namespaces';
import { noticesOf } from './notices';
import type { RunOptions, RunResult } from './options';
import { stageOwnPrograms, type OwnPrograms } from './own-programs';
import { placeCompiled } from './place-compiled';
import { checkPlace, checkSources, workspaceFolder } from './preflight';
import { findEnvoy } from './program';
import { stageResolvers } from './resolvers';
import { runCommand } from './run-command';
import { RunDirectory } from './run-directory';
import { summarise } from './summary';
import { uplinkFrom, type Uplink } from './uplink';
import { prepareWorkspace } from './workspace';

/** Things to undo, newest first. */
type Undo = (() => void | Promise<void>)[];

/** What is known once the place was checked. */
interface Plan {
  readonly options: RunOptions;
  readonly identity: Identity;
  readonly isolation: Isolation;
  readonly uplink: Uplink;
  readonly compiled: Compiled;
  readonly envoy: string;
  /** The workspace's folder. @default - none is shown */
  readonly folder?: string;
  readonly notice: (line: string) => void;
}

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
  const notice = options.notice ?? ((line: string) => void process.stderr.write(`anchorhold: ${line}\n`));
  const undo: Undo = [];
  try {
    const plan = { options, identity, isolation, uplink, compiled, envoy: resolve(envoy), folder, notice };
    return await carryOut(plan, undo);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

/** Builds from the outside in: files, namespaces, way out, keeper, Envoy, and the command last. */
async function carryOut(plan: Plan, undo: Undo): Promise<RunResult> {
  const { options, identity, isolation, uplink, compiled, notice } = plan;
  const directory = RunDirectory.create(options.runDirectory, identity.separate);
  undo.push(() => directory.tidy());
  const workspace = await prepareWorkspace(options.workspace, plan.folder, directory, identity, TMPFS_BYTES);
  const shown = stageShown(options, directory);
  const own = stageOwnPrograms(plan.envoy, identity, directory);
  const staged = [...workspace.staged, ...shown.staged, ...own.staged, ...stageResolvers(uplink.resolvers, directory)];
  const namespaces = await makeNamespaces(plan, directory, staged);
  undo.push(() => namespaces.close());
  placeCompiled(namespaces.inside(directory.window), compiled, options, identity, directory);
  undo.push(await uplink.connect(namespaces));
  const publicRoots = findPublicRoots();
  const { authority, envoy } = await startProxy(plan, { directory, namespaces, own, publicRoots }, undo);
  const parts = { options, identity, directory, workspace, shown: shown.mounts, authority };
  const cell = buildCell({ ...parts, ...(publicRoots === undefined ? {} : { publicRoots }) });
  const limits = isolation.holdsLimits ? undefined : Limits.create(cell);
  const notInForce = limits?.notInForce ?? [];
  for (const line of noticesOf(options, workspace.hidden, notInForce)) notice(line);
  const words = isolation.launch({ cell, identity, directory });
  const finished = await runCommand([...(limits?.enter() ?? []), ...namespaces.enterCell(), ...words], options);
  await envoy.close();
  await limits?.close();
  const overlay = workspace.collect?.();
  const { log } = directory;
  const summary = summarise(log);
  return { ...finished, summary, log, notInForce, hidden: workspace.hidden, ...(overlay ? { overlay } : {}) };
}

function makeNamespaces(
  { identity, options, uplink }: Plan,
  directory: RunDirectory,
  staged: readonly Staged[],
): Promise<Namespaces> {
  const ports = transparentPorts(options.policy);
  return Namespaces.create({
    identity,
    directory,
    link: options.network !== 'none',
    cellRules: buildCellRules(ports),
    windowRules: buildWindowRules({
      transparentPorts: ports,
      allowedRanges: allowedRanges(options.policy),
      resolvers: uplink.resolvers,
    }),
    staged,
  });
}

interface Window {
  readonly directory: RunDirectory;
  readonly namespaces: Namespaces;
  readonly own: OwnPrograms;
  readonly publicRoots: string | undefined;
}

async function startProxy(
  { identity, notice, options }: Plan,
  { directory, namespaces, own, publicRoots }: Window,
  undo: Undo,
): Promise<{ readonly authority: string; readonly envoy: EnvoyProcess }> {
  const common = { identity, namespaces, directory };
  const { code, node } = own;
  const keeper = await KeeperProcess.start({ ...common, options, code, node, ...(publicRoots ? { publicRoots } : {}) });
  undo.push(() => keeper.close());
  const environment = awsEnvironment(options);
  const envoy = await EnvoyProcess.start({ ...common, program: own.envoy, environment, notice });
  undo.push(() => envoy.close());
  keeper.onEnd(() => notice('the keeper ended: secrets are no longer renewed, the proxy goes on with those it has'));
  return { authority: keeper.authority, envoy };
}

/** SigV4 is signed in Envoy: only then does it get the caller's AWS credentials. */
function awsEnvironment({ policy }: RunOptions): Readonly<Record<string, string>> {
  const signs = policy.upstreams.some(
    (upstream) => upstream.tls === 'intercept' && upstream.credential?.kind === 'sigv4',
  );
  const names = signs ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] : [];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])),
  );
}
