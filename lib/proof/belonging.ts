import { property } from './evaluate';
import type { Resource, Templates } from './templates';
import { and, isList, type Truth, Unknown, type Value } from './value';

/** A resource that says of which other it is, and whether that is so: its condition may not hold, or its owner not be known. */
export interface Belonging {
  readonly resource: Resource;
  readonly truth: Truth;
}

/** Resources of one type by the resource that a property of theirs names. One whose owner isn't known may be anybody's. */
export class Belongings {
  private readonly certain = new Map<string, Belonging[]>();
  private readonly perhaps: Belonging[] = [];

  /** @param name the property, or the values that name owners. */
  constructor(
    private readonly templates: Templates,
    type: string,
    name: string | ((resource: Resource) => Value | undefined),
    ownerType: string,
  ) {
    for (const resource of templates.ofType(type)) {
      const named = typeof name === 'string' ? property(resource.properties, name) : name(resource);
      for (const value of isList(named) ? named : [named]) this.add(templates, resource, value, ownerType);
    }
  }

  /** Those of a resource: for certain first, then those that may be its. Of one that no template holds, each may be. */
  of(owner: string): readonly Belonging[] {
    if (!this.templates.find(owner)) {
      const doubt = Unknown.of(`elsewhere(${owner})`, `${owner} is nothing that these templates make`);
      const strange = [...this.certain.values()].flat().map((one) => ({ ...one, truth: and(one.truth, doubt) }));
      return [...strange, ...this.perhaps];
    }
    const certain = this.certain.get(owner) ?? [];
    return this.perhaps.length > 0 ? [...certain, ...this.perhaps] : certain;
  }

  private add(templates: Templates, resource: Resource, value: Value | undefined, type: string): void {
    const { exists } = resource;
    const referred = templates.referred(value);
    if (referred?.type === type) {
      const same = this.certain.get(referred.id);
      if (same) same.push({ resource, truth: exists });
      else this.certain.set(referred.id, [{ resource, truth: exists }]);
      return;
    }
    const named = resource.unread ?? templates.names(value, { id: '', type });
    if (named instanceof Unknown) this.perhaps.push({ resource, truth: and(exists, named) });
  }
}
