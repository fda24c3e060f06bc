import type { Resource } from '../templates';
import type { Terraform } from '../terraform';
import { or, Reference, type Truth, Unknown, type Value } from '../value';
import type { Names } from './names';

/**
 * Main route tables: every VPC has one, which subnets without a table of their own use. A configuration may write routes into it,
 * adopt it as `aws_default_route_table`, or put another in its place.
 */
export class MainTables {
  private readonly adopted = new Map<string, Resource>();
  private readonly replaced = new Map<string, Resource>();
  /** Why some network's main table may be another. */
  readonly doubt: Truth;

  constructor(
    terraform: Terraform,
    private readonly names: Names,
  ) {
    const doubts: Truth[] = [];
    for (const resource of terraform.ofType('aws_default_route_table')) {
      const network = names.networkIn(resource.properties.default_route_table_id);
      if (network) this.adopted.set(network.id, resource);
      else doubts.push(main(resource));
    }
    for (const resource of terraform.ofType('aws_main_route_table_association')) {
      const network = names.networkIn(resource.properties.vpc_id);
      if (network) this.replaced.set(network.id, resource);
      else doubts.push(main(resource));
    }
    this.doubt = or(...doubts);
  }

  /** The table of subnets that have none of their own. */
  of(vpc: string): Value {
    const replaced = this.replaced.get(vpc);
    if (!replaced) return this.defaultOf(vpc);
    const { exists, properties, id } = replaced;
    const written = properties.route_table_id;
    // A network's own table, put in its own place, leads back here.
    if (exists !== true || written === undefined || this.names.networkIn(written)) return main(replaced);
    return this.names.refer(written, `${id}.route_table_id`) ?? main(replaced);
  }

  /** The table that the network was made with. */
  defaultOf(vpc: string): Reference {
    return new Reference('resource', this.adopted.get(vpc)?.id ?? `${vpc}.default_route_table_id`, 'Ref');
  }
}

function main({ id }: Resource): Unknown {
  return Unknown.of(`main(${id})`, `${id} makes no route of a subnet without a table of its own`);
}
