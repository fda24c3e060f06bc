import type { Groups } from './aws-groups';
import type { Launch } from './aws-launchers';
import { readInstances } from './aws-instances';
import { readMicrovms } from './aws-microvms';
import type { Segments } from './aws-segments';
import { readCalls, type CallState } from './aws-states';
import { placeLaunch, type Workload } from './aws-tasks';
import type { Candidate } from './claim';
import { heldBy } from './held-by';
import type { Resource, Templates } from './templates';
import { Unknown, type Truth, type Value, type ValueObject } from './value';

/** What is asked of a workload that is no ECS task, beside what its placements say. */
export interface Machine {
  /** Ways to the internet that no subnet and no group is before. */
  readonly internet: readonly Candidate[];
  /** Doubts about whom it asks for names. */
  readonly names: readonly Candidate[];
  readonly inbound: readonly Candidate[];
  readonly roles: readonly MachineRole[];
  /** Other resources that hold it. */
  readonly around: readonly string[];
}

/** A place from which its code could take credentials. */
export interface MachineRole {
  readonly destination: string;
  readonly closed: string;
  /** Credentials of a role, as sure as that they can be had there; `undefined` role: nobody knows which. */
  readonly held: readonly { readonly role: Value | undefined; readonly truth: Truth; readonly at: Candidate }[];
  /** Actions that give nothing. @default - every action counts */
  readonly harmless?: RegExp;
}

/** One kind of machine: how a run of it is found and read. */
export interface MachineKind {
  /** The call that starts one, in a state machine. */
  readonly call: RegExp;
  /** What such a call starts. */
  readonly started: (parameters: Value) => Value | undefined;
  /** What a caller may decide. */
  readonly harmless: RegExp;
  readonly read: (definition: Resource, calls: readonly StartCall[], templates: Templates) => MachineReading;
}

/** A state that starts the machine. */
export interface StartCall extends CallState {
  readonly resource: Resource;
}

export interface MachineReading extends Machine {
  readonly containers: readonly ValueObject[];
  readonly unreadContainers: Unknown | undefined;
  /** Subnets, groups and public address of each call, in their order. */
  readonly networks: readonly (Value | undefined)[];
  /** Why a call may start something else than what the template says. */
  readonly doubts: readonly { readonly call: StartCall; readonly truth: Unknown }[];
}

const KINDS: ReadonlyMap<string, MachineKind> = new Map([
  ['AWS::EC2::LaunchTemplate', readInstances],
  ['AWS::Lambda::MicrovmImage', readMicrovms],
]);

/** Whether resources of a type may be agents that are no ECS task. */
export function isMachine(type: string | undefined): boolean {
  return type !== undefined && KINDS.has(type);
}

/** Reads an agent that is no ECS task; undefined for a type of which nothing is known. */
export function readMachine(
  definition: Resource,
  known: Workload['known'],
  read: { readonly templates: Templates; readonly groups: Groups; readonly segments: Segments },
): Workload | undefined {
  const kind = KINDS.get(definition.type);
  if (!kind) return undefined;
  const { templates } = read;
  const calls = templates.ofType('AWS::StepFunctions::StateMachine').flatMap((resource) =>
    readCalls(resource, kind.call).map((call) => ({
      call: { ...call, resource },
      truth: call.unread ?? templates.names(kind.started(call.parameters), definition),
    })),
  );
  const sure = calls.filter(({ truth }) => truth === true).map(({ call }) => call);
  const { containers, unreadContainers, networks, doubts, ...machine } = kind.read(definition, sure, templates);
  const launches = sure.map((call, index) => launchOf(call, networks[index]));
  const chosen = sure.filter(({ fromInput }) => fromInput.some((field) => !kind.harmless.test(field)));
  return {
    id: definition.id,
    kind: 'agent',
    known,
    definition,
    containers,
    unreadContainers: definition.unread ?? unreadContainers,
    launches,
    mayLaunch: [
      ...calls.flatMap(({ call, truth }) => (truth instanceof Unknown ? [maybe(call, truth)] : [])),
      ...chosen.map((call) => maybe(call, byInput(call, definition))),
      ...doubts.map(({ call, truth }) => maybe(call, truth)),
      ...referrers(definition, sure, templates),
      ...otherCalls(definition, sure),
    ],
    placements: launches.map((launch) => placeLaunch(launch, read)),
    machine,
  };
}

function launchOf({ resource, name, fromInput }: StartCall, network: Value | undefined): Launch {
  const nothing = { enableExec: undefined, overrides: undefined, cluster: undefined, launchType: undefined };
  return { id: resource.id, by: `state ${name}`, kind: 'state-machine', resource, network, fromInput, ...nothing };
}

function maybe({ resource: { id }, name }: StartCall, truth: Unknown): Workload['mayLaunch'][number] {
  return { id, by: `state ${name}`, truth };
}

function byInput({ resource }: StartCall, { id }: Resource): Unknown {
  return Unknown.of(`input(${resource.id})`, `the input of ${resource.id} starts ${id} with nothing more around it`);
}

/** Calls of its launchers that name it and aren't known: a fleet of it, for one. */
function otherCalls({ id }: Resource, calls: readonly StartCall[]): readonly Workload['mayLaunch'][number][] {
  return [...new Set(calls.map(({ resource }) => resource))].flatMap((resource) => {
    const naming = readCalls(resource, /^/).filter((state) =>
      heldBy({ properties: { named: state.parameters } }).includes(id),
    );
    const known = calls.filter((call) => call.resource === resource).map(({ name }) => name);
    const others = naming.filter(({ name }) => !known.includes(name));
    return others.map((state) =>
      maybe(
        { ...state, resource },
        Unknown.of(`starts(${resource.id})`, `${resource.id} starts ${id} in no other way`),
      ),
    );
  });
}

/** Whatever else names it may start it in another way. */
function referrers(
  { id }: Resource,
  calls: readonly StartCall[],
  templates: Templates,
): readonly Workload['mayLaunch'][number][] {
  const known = new Set(calls.map(({ resource }) => resource.id));
  return templates.resources
    .filter((one) => one.id !== id && !known.has(one.id) && !one.type.startsWith('AWS::IAM::'))
    .filter((one) => heldBy(one).includes(id))
    .map((one) => ({
      id: one.id,
      by: one.type,
      truth: Unknown.of(`starts(${one.id})`, `${one.id} starts ${id} with nothing more around it, or not at all`),
    }));
}
