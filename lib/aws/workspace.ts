import { Size } from 'aws-cdk-lib';
import type { OutputStore } from './output-store';

/** Where an agent may write and run what it wrote. Its root is read-only, and `/tmp` is small and runs nothing. */
export class Workspace {
  /** In memory, of the task's own: gone with the run. */
  static memory(path = '/workspace', size: Size = Size.mebibytes(512)): Workspace {
    return new Workspace('memory', path, size);
  }

  /**
   * The task's encrypted disk: gone with the run. Fargate gives the folder to whom the image says: the image must have it
   * as a VOLUME owned by uid 1000.
   * @throws Error `workspace-size` outside 21 to 200 GiB, which is what Fargate has
   */
  static disk(path = '/workspace', size: Size = Size.gibibytes(21)): Workspace {
    const gibibytes = size.toGibibytes();
    if (gibibytes >= 21 && gibibytes <= 200) return new Workspace('disk', path, size);
    throw new Error(`workspace: expected a disk of 21 to 200 GiB, got ${gibibytes} GiB [workspace-size]`);
  }

  private constructor(
    readonly kind: 'memory' | 'disk',
    readonly path: string,
    readonly size: Size,
    /** What outlives the run, and where the agent sees it. Undefined: nothing does. */
    readonly output?: { readonly store: OutputStore; readonly path: string },
  ) {
    for (const one of [path, ...(output ? [output.path] : [])]) checkPath(one);
    if (output === undefined || !overlap(path, output.path)) return;
    throw new Error(
      `workspace: expected two folders beside each other, got "${path}" and "${output.path}" [workspace-path]`,
    );
  }

  /** The same, and a file system at `path` for what the agent hands over. */
  withOutput(store: OutputStore, path = '/output'): Workspace {
    return new Workspace(this.kind, this.path, this.size, { store, path });
  }
}

function checkPath(path: string): void {
  if (/^\/(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]+$/.test(path) && !/^\/(?:tmp|run|proc|sys|dev|etc)(?:\/|$)/.test(path))
    return;
  throw new Error(
    `workspace: expected an absolute path outside /tmp, /run, /proc, /sys, /dev and /etc, got "${path}" [workspace-path]`,
  );
}

function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
