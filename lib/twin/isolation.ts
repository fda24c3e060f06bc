import type { Cell } from './cell';
import { Bubblewrap } from './bubblewrap';
import type { Identity } from './identity';
import { OciRuntime } from './oci';
import type { IsolationName } from './options';
import type { RunRefused } from './refusal';
import type { RunDirectory } from './run-directory';

/** What a strategy is given beside the cell. */
export interface Launch {
  readonly cell: Cell;
  readonly identity: Identity;
  readonly directory: RunDirectory;
}

/** A way to shut the command in. The network namespace is made by others; everything else is the strategy's. */
export interface Isolation {
  /** Why it can't work here, before anything is made. */
  refusal(identity: Identity): Promise<RunRefused | undefined>;
  /** Words that start the command, run inside the cell's network namespace. May write files of its own first. */
  launch(launch: Launch): readonly string[];
  /** True when the strategy itself holds memory and process limits. */
  readonly holdsLimits: boolean;
}

/** The strategy of that name. */
export function isolationFrom(name: IsolationName): Isolation {
  switch (name) {
    case 'bubblewrap':
      return new Bubblewrap();
    case 'runc':
    case 'crun':
    case 'runsc':
      return new OciRuntime(name);
  }
}
