import { oncePer } from '../once-per';
import { Reference, Unknown } from '../value';
import type { Names } from './names';
import { Source } from './source';

/** Something written beside a resource that is joined to it, for certain or perhaps. */
export interface Beside {
  readonly found: Source;
  readonly truth: true | Unknown;
}

interface Index {
  readonly certain: ReadonlyMap<string, readonly Beside[]>;
  readonly perhaps: readonly Beside[];
}

const indexes = oncePer((_: Names) => new Map<string, Index>());

/** Resources of a type that name this one as their owner, or may. One whose owner isn’t known may be anybody’s. */
export function beside({ id, names, resource: { type } }: Source, of: string, owner: string): readonly Beside[] {
  const all = indexes(names);
  const key = `${of} ${owner} ${type}`;
  const index = all.get(key) ?? indexed(names, of, owner, type);
  all.set(key, index);
  const certain = index.certain.get(id) ?? [];
  return index.perhaps.length === 0 ? certain : [...certain, ...index.perhaps];
}

function indexed(names: Names, of: string, owner: string, ownerType: string): Index {
  const certain = new Map<string, Beside[]>();
  const perhaps: Beside[] = [];
  for (const resource of names.terraform.ofType(of)) {
    const found = new Source(resource, names);
    const named = found.ref(owner, ownerType);
    const isKnown = named instanceof Reference && names.terraform.find(named.id)?.type === ownerType;
    if (!isKnown) perhaps.push({ found, truth: doubt(found) });
    else
      certain.set(named.id, [
        ...(certain.get(named.id) ?? []),
        { found, truth: resource.exists === true ? true : doubt(found) },
      ]);
  }
  return { certain, perhaps };
}

function doubt({ id }: Source): Unknown {
  return Unknown.of(`belongs(${id})`, `whatever ${id} is joined to, it opens nothing`);
}
