import type { Resource } from './templates';
import type { Terraform } from './terraform';
import { setting } from './terraform-blocks';
import { and, keyOf, Reference, shown, Text, type Truth, Unknown, unknownIn, type Value } from './value';

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
      if (name === undefined || isComputed(name)) continue;
      const key = `${resource.type} ${typeof name === 'string' ? name : ''}`;
      const same = this.byName.get(key);
      if (same) same.push(resource);
      else this.byName.set(key, [resource]);
    }
  }

  /** The same of a setting of a resource: a name alone is one of the resource's own project and region. */
  within(from: Value, value: Value | undefined, ...types: readonly string[]): Named {
    const found = this.find(value, ...types);
    if (found.kind !== 'resource' || typeof value !== 'string') return found;
    const { properties } = found.resource;
    const near = and(
      value.includes('projects/') || alike(setting(from, 'project'), setting(properties, 'project')),
      value.includes('regions/') || alike(regionOf(from), setting(properties, 'region')),
    );
    if (near === true) return found;
    return near === false ? { kind: 'foreign', id: value } : { kind: 'unknown', id: value, unknown: near };
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
    const agrees = ({ type, properties }: Resource): Truth =>
      and(
        // An e-mail is taken for an account's of the documents: what it is granted opens.
        (type === 'google_service_account' && setting(properties, 'project') === undefined) ||
          same(project, properties, 'project'),
        same(region, properties, 'region'),
        same(region, properties, 'location'),
      );
    const found = types
      .flatMap((type) => this.byName.get(`${type} ${name}`) ?? [])
      .filter((one) => agrees(one) !== false);
    const [resource, second] = found;
    if (resource && !second && agrees(resource) === true) return { kind: 'resource', id: resource.id, resource };
    // A number may be the id that the platform gave; a name that isn't known may be this one.
    const numbered = /^\d+$/.test(name) && types.some((type) => this.terraform.ofType(type).length > 0);
    const nameless = types.some((type) => this.byName.has(`${type} `));
    if (!resource && !numbered && !nameless) return { kind: 'foreign', id: path };
    const says = `of those named ${name}, ${path} is none that opens anything`;
    return { kind: 'unknown', id: path, unknown: Unknown.of(`names(${path})`, says) };
  }
}

/** Whether a part of a path agrees with what a resource says of itself. What isn't said agrees; a project may be named by its number. */
function same(part: string | undefined, properties: Resource['properties'], key: string): Truth {
  const its = setting(properties, key);
  if (part === undefined || its === part || isComputed(its)) return true;
  // The project of a provider that is configured elsewhere isn't said.
  if (its === undefined) return key === 'project' ? anotherPlace(part, its) : true;
  const numbers = typeof its === 'string' ? [part, its].filter((one) => /^\d+$/.test(one)).length : 1;
  if (key !== 'project' ? typeof its === 'string' : numbers !== 1) return false;
  return unknownIn(its) ?? Unknown.of(`project(${part})`, `${part} is another project than ${shown(its)}`);
}

/** Whether two resources are at one place, by what they say of it. What neither says, or the provider fills in, is the same. */
function alike(one: Value | undefined, other: Value | undefined): Truth {
  const said = [one, other].filter((place) => place !== undefined && !isComputed(place));
  const [key, its] = said.map(keyOf);
  if (said.length < 2 || (key !== undefined && key === its)) return true;
  if (said.every((place) => typeof place === 'string')) return false;
  return anotherPlace(one, other);
}

function anotherPlace(one: Value | undefined, other: Value | undefined): Unknown {
  return Unknown.of(`place(${shown(one)})`, `${shown(one)} is another place than ${shown(other)}`);
}

function regionOf(from: Value): Value | undefined {
  const region = setting(from, 'region') ?? setting(from, 'location');
  const zone = setting(from, 'zone');
  return region === undefined && typeof zone === 'string' ? zone.replace(/-[a-z]$/, '') : region;
}

/** A plan calls what the provider fills in unknown, although nobody wrote it. */
function isComputed(value: Value | undefined): boolean {
  return value instanceof Unknown && value.facts.every(({ id }) => id.startsWith('computed('));
}
