import { answersAnybody, forgesLog, holdsRole, loosens, readsSecret } from './grants';
import { agentOf, hasConnector, isStraight, runInterface } from './interfaces';
import { asksForeignServer } from './names';
import { reachedFrom, reachesEndpoint, reachesNeighbour } from './neighbours';
import { leavesByIp, reachesGoogle } from './routes';
import { misusesProxy } from './proxies';
import { callsTool } from './tools';
import type { Interface } from './firewall';
import { type Document, type Resource, type World, worlds } from './world';

/** The claims that the oracle simulates. */
export const SIMULATED = [
  ...(['ip', 'dns', 'cloud-api', 'neighbour', 'inbound', 'role', 'secrets', 'launcher', 'audit'] as const),
  ...(['proxy', 'tool'] as const),
];
export type Simulated = (typeof SIMULATED)[number];

/** What gets through in the first world where something does, and whether it does in every world. */
export interface Leak {
  readonly what: string;
  readonly always: boolean;
}

/** Tries what the agent's code may try against one claim, in each world that the document leaves possible. */
export function simulate(document: Document, claim: Simulated): Leak | undefined {
  const found = worlds(document).map((world) => tried(world, claim));
  const what = found.find((one) => one !== undefined);
  return what === undefined ? undefined : { what, always: !found.includes(undefined) };
}

function tried(world: World, claim: Simulated): string | undefined {
  const agent = agentOf(world);
  if (!agent) return undefined;
  const own = runInterface(world, agent);
  return (isByPacket(claim) ? past(world, claim, agent) : undefined) ?? TRIES[claim](world, agent, own);
}

const isByPacket = (claim: Simulated) => ['ip', 'dns', 'cloud-api'].includes(claim);

/** Ways that pass the network by: the platform's own, and a connector of another document. */
function past(world: World, claim: Simulated, agent: Resource): string | undefined {
  if (isStraight(agent)) return `${claim} past its network`;
  return hasConnector(agent) && world.values.foreign === true ? 'by its connector' : undefined;
}

type Try = (world: World, agent: Resource, own: Interface | undefined) => string | undefined;
const byInterface =
  (attempt: (world: World, own: Interface) => string | undefined): Try =>
  (world, _, own) =>
    own && attempt(world, own);

const TRIES: Readonly<Record<Simulated, Try>> = {
  ip: byInterface(leavesByIp),
  dns: byInterface(asksForeignServer),
  'cloud-api': byInterface((world, own) => reachesGoogle(world, own) ?? reachesEndpoint(world, own)),
  neighbour: reachesNeighbour,
  inbound: (world, agent, own) => answersAnybody(world, agent) ?? (own && reachedFrom(world, agent, own)),
  role: holdsRole,
  secrets: readsSecret,
  launcher: loosens,
  audit: forgesLog,
  proxy: misusesProxy,
  tool: callsTool,
};
