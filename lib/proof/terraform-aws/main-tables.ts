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
  private readonly replaced = new Map<string, { readonly table: Value; readonly exists: Truth }>();
  /** Why some network's main table may be another. */
  readonly doubt: Truth;

  constructor(
    private readonly terraform: Terraform,
    private readonly names: Names,
  ) {
    const doubts: Truth[] = [];
    for (const resource of terraform.ofType('aws_default_route_table')) {
      const named = this.ownerOf(resource.properties.default_route_table_id);
      if (named instanceof Reference) this.adopted.set(named.id, resource);
      else doubts.push(main(resource));
    }
    for (const resource of terraform.ofType('aws_main_route_table_association')) {
      const vpc = names.refer(resource.properties.vpc_id, `${resource.id}.vpc_id`);
      const table = names.refer(resource.properties.route_table_id, `${resource.id}.route_table_id`);
      if (vpc instanceof Reference && vpc.kind === 'resource')
        this.replaced.set(vpc.id, { table: table ?? main(resource), exists: resource.exists });
      else doubts.push(main(resource));
    }
    this.doubt = or(...doubts);
  }

  /** The table of subnets that have none of their own. */
  of(vpc: string): Value {
    const replaced = this.replaced.get(vpc);
    if (!replaced) return this.defaultOf(vpc);
    return replaced.exists === true
      ? replaced.table
      : Unknown.of(`main(${vpc})`, `the main route table of ${vpc} leads nowhere`);
  }

  /** The table that the network was made with. */
  defaultOf(vpc: string): Reference {
    return new Reference('resource', this.adopted.get(vpc)?.id ?? `${vpc}.default_route_table_id`, 'Ref');
  }

  /** Networks whose own table no `aws_default_route_table` is. */
  unadopted(): readonly Resource[] {
    return this.terraform.ofType('aws_vpc').filter(({ id }) => !this.adopted.has(id));
  }

  /** The network whose attribute a value is. */
  private ownerOf(value: Value | undefined): Reference | undefined {
    const found = typeof value === 'string' ? this.names.known(value) : value;
    return found instanceof Reference && this.terraform.find(found.id)?.type === 'aws_vpc' ? found : undefined;
  }
}

function main({ id }: Resource): Unknown {
  return Unknown.of(`main(${id})`, `${id} makes no route of a subnet without a table of its own`);
}
