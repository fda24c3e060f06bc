import { withProxy, type Ask, type Outcome, type Proxy } from './world';
import type { Lab, LabOptions, Secrets } from '../faults/lab';
import type { Origin } from './origin';

/** What must come of a request. */
export type Expected =
  | { readonly kind: 'allowed' }
  /** Answered by the proxy; nothing went out. `reason` in the body and in the log. @default reason - any */
  | { readonly kind: 'refused'; readonly status: number; readonly reason?: string }
  /** No answer; nothing went out. `reason` in the log. */
  | { readonly kind: 'closed'; readonly reason?: string };

export interface Case {
  readonly ask: Ask;
  readonly expected: Expected;
}

/** By a sentence's end: `a Host of another listed host`. */
export type Cases = Readonly<Record<string, Case>>;

/** A protection, the name of a refused case it stops, and how to take it out of the bootstrap. */
export interface Protection {
  readonly stops: string;
  readonly takeOut: (bootstrap: unknown) => void;
}
export type Protections = Readonly<Record<string, Protection>>;

export interface TableObservations {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** The stopped case again, by protection, with the protection out. */
  readonly without: Readonly<Record<string, Outcome>>;
}

export const allowed: Expected = { kind: 'allowed' };

export function refused(status: number, reason?: string): Expected {
  return { kind: 'refused', status, ...(reason === undefined ? {} : { reason }) };
}

export function closed(reason?: string): Expected {
  return { kind: 'closed', ...(reason === undefined ? {} : { reason }) };
}

/** What every proxy of a table is started with. */
export interface TableSetting {
  readonly document: unknown;
  readonly secrets?: Secrets;
  readonly ready: Ask;
  readonly options?: LabOptions;
}

/** Every case in turn through one proxy. */
export async function observeCases(proxy: Proxy, cases: Cases): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const [name, { ask }] of Object.entries(cases)) outcomes[name] = await proxy.ask(ask);
  return outcomes;
}

/** For each protection, a proxy without it and the case that it stops. */
export async function observeWithout(
  lab: Lab,
  origin: Origin,
  setting: TableSetting,
  cases: Cases,
  protections: Protections,
): Promise<Record<string, Outcome>> {
  const without: Record<string, Outcome> = {};
  for (const [name, { stops, takeOut }] of Object.entries(protections)) {
    const stopped = cases[stops];
    if (stopped === undefined) throw new Error(`protection "${name}": expected the name of a case, got "${stops}"`);
    without[name] = await withProxy(lab, origin, { ...setting, edit: takeOut }, (proxy) => proxy.ask(stopped.ask));
  }
  return without;
}
