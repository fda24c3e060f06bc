import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder of one run. `window` is an empty mount point outside: what Envoy and the keeper write lives in memory, in a
 * private mount that vanishes with the run, so that no secret stays on disk when we are killed.
 */
export class RunDirectory {
  /** Makes it; `separate` lets other ids pass through (never list) its top. */
  public static create(path: string | undefined, separate: boolean): RunDirectory {
    if (path !== undefined) mkdirSync(path, { recursive: true, mode: 0o700 });
    const root = path === undefined ? mkdtempSync(join(tmpdir(), 'anchorhold-')) : mkdtempSync(join(path, 'run-'));
    chmodSync(root, separate ? 0o711 : 0o700);
    const directory = new RunDirectory(root);
    for (const folder of [directory.window, directory.cell, directory.sockets, directory.staged])
      mkdirSync(folder, { mode: 0o755 });
    writeFileSync(directory.cellNamespace, '');
    writeFileSync(directory.log, '', { mode: 0o600 });
    return directory;
  }

  private constructor(public readonly root: string) {}

  /** Envoy's and the keeper's working directory. */
  public get window(): string {
    return join(this.root, 'window');
  }

  /** Files shown to the command; none secret. */
  public get cell(): string {
    return join(this.root, 'cell');
  }

  /** The proxy's sockets for a cell without a network. */
  public get sockets(): string {
    return join(this.root, 'sockets');
  }

  /** Mount points for what is shown from elsewhere on this machine. */
  public get staged(): string {
    return join(this.root, 'staged');
  }

  /** Handle of the cell's network namespace; a plain file outside. */
  public get cellNamespace(): string {
    return join(this.root, 'cell.net');
  }

  public get log(): string {
    return join(this.root, 'requests.jsonl');
  }

  public get overlay(): string {
    return join(this.root, 'overlay');
  }

  /** Writes a file for the command to read. */
  public writeCellFile(name: string, text: string | Uint8Array): string {
    const path = join(this.cell, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  }

  /** Removes all but the log and, until it is applied or discarded, the overlay. */
  public tidy(): void {
    for (const path of [this.window, this.cell, this.sockets, this.staged, this.cellNamespace])
      rmSync(path, { recursive: true, force: true });
  }
}
