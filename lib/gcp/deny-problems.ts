import { blocks, type Rendered, texts } from './rendered';

const DIRECTIONS = ['EGRESS', 'INGRESS'] as const;
const EVERYTHING = ['0.0.0.0/0', '::/0'] as const;

/** Which of a network's four deny rules are missing, or deny less than everything; `rules` are those of the network. */
export function denyProblems(path: string, rules: readonly Rendered[]): string[] {
  return DIRECTIONS.flatMap((direction) =>
    EVERYTHING.filter((range) => !rules.some((rule) => denies(rule, direction, range))).map(
      (range) =>
        `${path}: expected a rule that denies ${direction} for ${range} to the whole network, got none: what no rule forbids may leave; set it back [deny-missing]`,
    ),
  );
}

function denies({ config }: Rendered, direction: string, range: string): boolean {
  const ranges = direction === 'EGRESS' ? config.destination_ranges : config.source_ranges;
  return (
    config.direction === direction &&
    texts(ranges).includes(range) &&
    blocks(config, 'deny').some(({ protocol, ports }) => protocol === 'all' && texts(ports).length === 0)
  );
}
