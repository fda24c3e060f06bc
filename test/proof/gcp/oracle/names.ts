import { list } from '../../oracle/world';
import { type Interface, isNetwork } from './firewall';
import { block, blocksOf, find, ofType, type Resource, type World } from './world';

/** The first query with something to tell in its name that arrives at a foreign server, in words. */
export function asksForeignServer(world: World, from: Interface): string | undefined {
  if (!world.resources.some(({ id }) => id === from.network))
    return world.values.foreign === true ? 'whoever the resolver of another document’s network asks' : undefined;
  const others = ofType(world, 'google_dns_policy').find(
    ({ properties }) => isBound(world, properties, from.network) && 'alternative_name_server_config' in properties,
  );
  // With them a response policy isn't asked.
  if (others) return `every name is asked of the servers of ${others.id}`;
  const policy = ofType(world, 'google_dns_response_policy').find(({ properties }) =>
    isBound(world, properties, from.network),
  );
  // Google takes no two rules for one name.
  const ruled = ofType(world, 'google_dns_response_policy_rule').map(({ properties }) => properties.dns_name);
  if (new Set(ruled).size < ruled.length) return undefined;
  for (const name of queries(world))
    for (const type of ['A', 'AAAA', 'TXT', 'MX']) {
      if (policy && isAnswered(world, policy, name, type)) continue;
      const server = serverOf(world, name, from.network);
      if (server !== undefined) return `${type} ${name} is asked of ${server}`;
    }
  return undefined;
}

function isBound(world: World, { networks }: Resource['properties'], network: string): boolean {
  return blocksOf(networks).some(({ network_url }) => isNetwork(world, network_url, network));
}

/** Names that carry a label of data, under the attacker's own zone and under every zone that the document speaks of. */
function queries(world: World): readonly string[] {
  const named = world.resources.flatMap(({ properties: { dns_name } }) =>
    typeof dns_name === 'string' ? [dns_name] : [],
  );
  const zones = named.map((name) => name.replace(/^\*\./, '')).filter((name) => name !== '');
  return ['attacker.example.', ...zones].flatMap((zone) => [`data.${zone}`, `da.ta.${zone}`]);
}

/** The rule with the longest name that fits decides; local data answers a type that it holds. */
function isAnswered(world: World, policy: Resource, name: string, type: string): boolean {
  const [rule] = ofType(world, 'google_dns_response_policy_rule')
    .filter(
      ({ properties }) =>
        find(world, properties.response_policy, policy.type)?.id === policy.id ||
        properties.response_policy === policy.properties.response_policy_name,
    )
    .filter(({ properties }) => covers(String(properties.dns_name), name))
    .sort((a, b) => String(b.properties.dns_name).length - String(a.properties.dns_name).length);
  if (!rule) return false;
  const kinds = blocksOf(block(rule.properties.local_data).local_datas).map((one) => one.type);
  if (kinds.includes(type)) return true;
  // That answers of both families leave no other type to be asked is Google's word; of one it isn't known.
  return kinds.length > 0 && ((kinds.includes('A') && kinds.includes('AAAA')) || world.values.types !== true);
}

function covers(pattern: string, name: string): boolean {
  return pattern === name || (pattern.startsWith('*.') && (pattern === '*.' || name.endsWith(pattern.slice(1))));
}

/** Whose server is asked in the end; `undefined` where a private zone of the network answers. */
function serverOf(world: World, name: string, network: string): string | undefined {
  const [zone] = ofType(world, 'google_dns_managed_zone')
    .filter(({ properties }) => properties.visibility === 'private')
    .filter(({ properties }) =>
      blocksOf(block(properties.private_visibility_config).networks).some(({ network_url }) =>
        isNetwork(world, network_url, network),
      ),
    )
    .filter(({ properties }) => name === properties.dns_name || name.endsWith(`.${String(properties.dns_name)}`))
    .sort((a, b) => String(b.properties.dns_name).length - String(a.properties.dns_name).length);
  if (!zone) return 'the servers of its zone';
  const forwarded = list(block(zone.properties.forwarding_config).target_name_servers);
  return forwarded.length > 0 ? `the servers of ${zone.id}` : undefined;
}
