import { Unknown, type Value } from './value';

/** Evaluates each name once. One that leads back to itself is unknown there: templates may be circular, and wide. */
export class Once {
  private readonly known = new Map<string, Value | undefined>();

  value(name: string, evaluate: () => Value | undefined): Value | undefined {
    if (this.known.has(name)) return this.known.get(name);
    this.known.set(name, Unknown.of(`circular(${name})`, `${name} doesn’t lead back to itself`));
    const found = evaluate();
    this.known.set(name, found);
    return found;
  }
}
