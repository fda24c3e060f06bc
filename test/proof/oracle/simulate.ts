import { altersLog, loosensAgent } from './duties';
import { holdsRole, readsSecret } from './grants';
import { asksForeignServer } from './names';
import { leavesByIp, reachedFrom } from './packets';
import { callsWithForeignKey } from './requests';
import { callsTool, meetsNeighbour, misusesProxy } from './windows';
import { fields, type Template, type World, worlds } from './world';

/** The claims that the oracle simulates. */
export const SIMULATED = [
  ...(['ip', 'dns', 'cloud-api', 'neighbour', 'inbound', 'role', 'secrets'] as const),
  ...(['proxy', 'tool', 'launcher', 'audit'] as const),
];
export type Simulated = (typeof SIMULATED)[number];

/** What gets through in the first world where something does, and whether it does in every world. */
export interface Leak {
  readonly what: string;
  readonly always: boolean;
}

/** Tries what the agent's code may try against one claim, in each world that the template leaves possible. */
export function simulate(template: Template, claim: Simulated, agent = 'Agent'): Leak | undefined {
  const found = worlds(template).flatMap((world) => TRIES[claim](world, agent));
  const what = found.find((one) => one !== undefined);
  return what === undefined ? undefined : { what, always: !found.includes(undefined) };
}

type Found = string | undefined;
/** Several findings where a world leaves open what is outside it. */
const TRIES: Readonly<Record<Simulated, (world: World, agent: string) => Found | readonly Found[]>> = {
  ip: leavesByIp,
  dns: asksForeignServer,
  'cloud-api': (world, agent) => [true, false].map((isFarServed) => callsWithForeignKey(world, agent, isFarServed)),
  neighbour: meetsNeighbour,
  inbound: (world, agent) =>
    fields(world[agent]?.properties).EnableExecuteCommand === true ? 'a session' : reachedFrom(world, agent),
  role: holdsRole,
  secrets: readsSecret,
  proxy: misusesProxy,
  tool: callsTool,
  launcher: loosensAgent,
  audit: altersLog,
};
