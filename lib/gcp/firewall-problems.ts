import { isCidr } from './cidr';
import { blocks, type Rendered, texts } from './rendered';

/** What is wrong with one firewall rule, as the template will hold it. */
export function firewallProblems({ path, config }: Rendered): string[] {
  const problems: string[] = [];
  const tell = (what: string): number => problems.push(`${path}: ${what}`);
  const sources = texts(config.source_ranges);
  const destinations = texts(config.destination_ranges);
  if (config.disabled === true)
    tell('expected a rule in force, got disabled: true; remove the override [firewall-disabled]');
  if (sources.length > 0 && destinations.length > 0)
    tell(
      'expected source ranges or destination ranges, got both: the platform refuses it half-way; leave one out [firewall-two-ends]',
    );
  for (const range of [...sources, ...destinations]) {
    if (!range.includes('${') && !isCidr(range))
      tell(`expected a range such as "10.10.0.0/24", got "${range}"; set it back [cidr-invalid]`);
  }
  if (texts(config.source_tags).length > 0 || texts(config.source_service_accounts).length > 0)
    tell(
      'expected sources as ranges, got a tag or an account: neither matches traffic of Cloud Run; name their subnet’s range [firewall-source-blind]',
    );
  for (const deny of blocks(config, 'deny')) {
    if (deny.protocol !== 'all' || texts(deny.ports).length > 0)
      tell('expected a deny rule for every protocol, got some only; set protocol: "all" [deny-not-all]');
  }
  if (blocks(config, 'deny').length > 0 && texts(config.target_tags).length > 0)
    tell(
      'expected a deny rule for the whole network, got target_tags: whoever has no tag is then let out; remove it [deny-targets-tag]',
    );
  return problems;
}
