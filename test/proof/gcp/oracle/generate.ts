import fc from 'fast-check';
import { ACCESS, account, agent, type Form, type Resources, SHUT, subnet, written } from './cell';
import { accountWalls, givenThings } from './generate-accounts';
import { nameWalls } from './generate-names';
import { networkWalls } from './generate-network';
import { proxyTokens, proxyWalls } from './generate-proxies';
import { someTool, toolWalls } from './generate-tools';
import { asPlan } from './plan';
import { AMONG_PROXIES, KEPT } from './proxy-cell';
import type { Simulated } from './simulate';
import type { Document, Fields } from './world';

/** A document, how the proof gets to see it, and the claims that its sort is about. */
export interface Sample {
  readonly document: Document;
  readonly seen: object;
  readonly claims: readonly Simulated[];
}

const form = fc.constantFrom<Form>('job', 'job', 'service', 'service', 'worker_pool', 'worker_pool');

/** How the agent gets into the network: as it should, or nearly. */
const access = fc.oneof(
  { weight: 9, arbitrary: fc.constant<unknown>(ACCESS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      undefined,
      { ...ACCESS, egress: 'PRIVATE_RANGES_ONLY' },
      { network_interfaces: ACCESS.network_interfaces },
      { ...ACCESS, egress: '${var.Egress}' },
      { ...ACCESS, egress: '${var.Wanted ? "ALL_TRAFFIC" : null}' },
      { egress: 'ALL_TRAFFIC', connector: 'projects/other/locations/r/connectors/elsewhere' },
      { ...ACCESS, network_interfaces: [{ network: '${var.Network}', tags: ['agent'] }] },
      {
        ...ACCESS,
        network_interfaces: [{ network: 'projects/other/global/networks/elsewhere', subnetwork: 'elsewhere' }],
      },
      { ...ACCESS, network_interfaces: [{ network: 'agents', subnetwork: 'agents', tags: ['agent'] }] },
      { ...ACCESS, network_interfaces: [{ subnetwork: subnet('agents'), tags: ['other', '${var.Tag}'] }] },
    ),
  },
);

const made = (form: Form, template: Fields, walls: readonly Resources[], more: Fields = {}): Resources =>
  Object.assign({ ...SHUT, ...agent(form, template, more) }, ...walls) as Resources; // the parts are all resources

const uniquely = (walls: fc.Arbitrary<Resources>, most: number) =>
  fc.uniqueArray(walls, { minLength: 1, maxLength: most, selector: (wall) => Object.keys(wall).join() });

const networks = fc.tuple(form, access, uniquely(networkWalls, 3)).map(([its, vpc, walls]) => ({
  resources: made(its, vpc === undefined ? {} : { vpc_access: vpc }, walls),
  claims: ['ip', 'cloud-api', 'neighbour', 'inbound'] as const,
}));

const names = fc.tuple(form, access, uniquely(nameWalls, 2)).map(([its, vpc, walls]) => ({
  resources: made(its, vpc === undefined ? {} : { vpc_access: vpc }, walls),
  claims: ['dns'] as const,
}));

const accounts = fc.tuple(form, givenThings, uniquely(accountWalls, 3)).map(([its, { template, more }, walls]) => ({
  resources: made(
    its,
    { vpc_access: ACCESS, service_account: account('agent'), ...template },
    walls,
    its === 'service' ? more : {},
  ),
  claims: ['role', 'secrets', 'launcher', 'audit', 'inbound'] as const,
}));

const home = fc.constantFrom<unknown>(ACCESS, ACCESS, ACCESS, ACCESS, AMONG_PROXIES, AMONG_PROXIES, undefined);
const proxies = fc
  .tuple(form, home, uniquely(fc.oneof({ weight: 3, arbitrary: proxyWalls }, { weight: 1, arbitrary: proxyTokens }), 2))
  .map(([its, vpc, walls]) => ({
    resources: made(its, vpc === undefined ? {} : { vpc_access: vpc }, [KEPT, ...walls]),
    claims: ['proxy'] as const,
  }));

const tools = someTool.chain((one) =>
  fc.uniqueArray(toolWalls(one.form), { maxLength: 2, selector: (wall) => Object.keys(wall).join() }).map((walls) => ({
    resources: made('job', { vpc_access: ACCESS }, [KEPT, one.resources, ...walls]),
    claims: ['tool'] as const,
  })),
);

/** A third of them networks; the others about names, accounts and what they are given, the proxy, and tools. */
export const samples: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: networks },
      { weight: 2, arbitrary: names },
      { weight: 3, arbitrary: accounts },
      { weight: 2, arbitrary: proxies },
      { weight: 2, arbitrary: tools },
    ),
    fc.boolean(),
  )
  .map(([{ resources, claims }, planned]) => {
    const document = written(resources);
    // How many there are of something, a plan has decided.
    const isPlan = planned && !JSON.stringify(resources).includes('"count"');
    return { document, seen: isPlan ? asPlan(document) : document, claims };
  });
