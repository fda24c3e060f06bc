import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { setting } from './terraform-blocks';
import { Reference, shown, Text, Unknown, unknownIn, type Value } from './value';

/** Which setting names a resource within its project, where it isn't `name`. */
const NAMED_BY: ReadonlyMap<string, string> = new Map(
  Object.entries({
    google_dns_response_policy: 'response_policy_name',
    google_secret_manager_secret: 'secret_id',
    google_secret_manager_regional_secret: 'secret_id',
    google_service_account: 'account_id',
  }),
);

/** What a setting names: a resource of the documents, something outside them, or nobody knows what. */
export type Named =
  | { readonly kind: 'resource'; readonly id: string; readonly resource: Resource }
  | { readonly kind: 'foreign'; readonly id: string }
  | { readonly kind: 'unknown'; readonly id: string; readonly unknown: Unknown };

/** Finds resources as Google Cloud's settings name them: by reference, by name, by path or by link. */
export class Names {
  private readonly byName = new Map<string, Resource[]>();

  constructor(private readonly terraform: Terraform) {
    for (const resource of terraform.resources) {
      const name = setting(resource.properties, NAMED_BY.get(resource.type) ?? 'name');
      if (typeof name !== 'string') continue;
      const key = `${resource.type} ${name}`;
      const same = this.byName.get(key);
      if (same) same.push(resource);
      else this.byName.set(key, [resource]);
    }
  }

  /** What `value` names among resources of these types. */
  find(value: Value | undefined, ...types: readonly string[]): Named {
    const id = shown(value);
    const unknown = unknownIn(value);
    if (unknown) return { kind: 'unknown', id, unknown };
    if (value instanceof Reference) {
      const resource = this.terraform.referred(value);
      if (resource && types.includes(resource.type)) return { kind: 'resource', id: resource.id, resource };
      return { kind: 'unknown', id, unknown: Unknown.of(`names(${id})`, `${id} names nothing that opens anything`) };
    }
    if (value instanceof Text) return this.ofText(value, types);
    return typeof value === 'string' && value !== '' ? this.ofPath(value, types) : { kind: 'foreign', id };
  }

  /** A text around a reference, such as `projects/P/global/networks/${network.name}`. */
  private ofText(value: Text, types: readonly string[]): Named {
    const references = value.parts.filter((part) => part instanceof Reference);
    const [only, second] = references;
    const resource = second === undefined ? this.terraform.referred(only) : undefined;
    if (resource && types.includes(resource.type)) return { kind: 'resource', id: resource.id, resource };
    const id = shown(value);
    return { kind: 'unknown', id, unknown: Unknown.of(`names(${id})`, `${id} names nothing that opens anything`) };
  }

  private ofPath(path: string, types: readonly string[]): Named {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const [project, region] = ['projects', '(?:regions|locations|zones)'].map(
      (part) => new RegExp(`(?:^|/)${part}/([^/]+)/`).exec(path)?.[1],
    );
    const found = types
      .flatMap((type) => this.byName.get(`${type} ${name}`) ?? [])
      .filter(({ properties }) => same(project, properties, 'project'))
      .filter(({ properties }) => same(region, properties, 'region') && same(region, properties, 'location'));
    const [resource, second] = found;
    if (resource && !second) return { kind: 'resource', id: resource.id, resource };
    if (!resource) return { kind: 'foreign', id: path };
    const says = `of those named ${name}, ${path} is none that opens anything`;
    return { kind: 'unknown', id: path, unknown: Unknown.of(`names(${path})`, says) };
  }
}

/** Whether a part of a path agrees with what a resource says of itself. What isn't said agrees. */
function same(part: string | undefined, properties: Resource['properties'], key: string): boolean {
  const its = setting(properties, key);
  return part === undefined || typeof its !== 'string' || its === part;
}
