import { leavesByIp, reachedEndpoints, reachedFrom, reachesNeighbour } from './packets';
import { fields, type Template, type World, worlds } from './world';

/** The claims that the oracle simulates. */
export const SIMULATED = ['ip', 'neighbour', 'inbound', 'cloud-api'] as const;
export type Simulated = (typeof SIMULATED)[number];

/** What gets through, by claim, in the first world where something does; and whether it does in every world. */
export type Leaks = Readonly<Partial<Record<Simulated, { readonly what: string; readonly always: boolean }>>>;

/** Tries everything that the agent's code may try, in each world that the template leaves possible. */
export function simulate(template: Template, agent = 'Agent'): Leaks {
  const possible = worlds(template);
  return Object.fromEntries(
    SIMULATED.flatMap((claim) => {
      const found = possible.map((world) => TRIES[claim](world, agent));
      const [what] = found.filter((one) => one !== undefined);
      return what === undefined ? [] : [[claim, { what, always: !found.includes(undefined) }]];
    }),
  );
}

const TRIES: Readonly<Record<Simulated, (world: World, agent: string) => string | undefined>> = {
  ip: leavesByIp,
  neighbour: reachesNeighbour,
  inbound: (world, agent) =>
    fields(world[agent]?.properties).EnableExecuteCommand === true ? 'a session' : reachedFrom(world, agent),
  'cloud-api': (world, agent) => reachedEndpoints(world, agent)[0],
};
