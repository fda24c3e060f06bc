import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder of one run. `window` is an empty mount point outside: what Envoy and the keeper write lives in memory, in a
 * private mount that vanishes with the run, so that no secret stays on disk when we are killed.
 */
export class RunDirectory {
  /**
   * Makes it. The log and the overlay are kept in `kept`, by default beside the rest. With `separate`, other ids pass
   * through (never list) the top, so it stands in the one folder that every id can pass.
   */
  public static create(kept: string | undefined, separate: boolean): RunDirectory {
    const root = mkdtempSync(join(separate ? '/tmp' : tmpdir(), 'anchorhold-'));
    chmodSync(root, separate ? 0o711 : 0o700);
    if (kept !== undefined) mkdirSync(kept, { recursive: true, mode: 0o700 });
    const directory = new RunDirectory(root, kept === undefined ? root : mkdtempSync(join(kept, 'run-')));
    for (const folder of [directory.window, directory.cell, directory.sockets, directory.staged])
      mkdirSync(folder, { mode: 0o755 });
    writeFileSync(directory.cellNamespace, '');
    writeFileSync(directory.log, '', { mode: 0o600 });
    return directory;
  }

  private constructor(
    public readonly root: string,
    /** What outlives the run. */
    public readonly kept: string,
  ) {}

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
    return join(this.kept, 'requests.jsonl');
  }

  public get overlay(): string {
    return join(this.kept, 'overlay');
  }

  /** Writes a file for the command to read. */
  public writeCellFile(name: string, text: string | Uint8Array): string {
    const path = join(this.cell, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, text, { mode: 0o644 });
    return path;
  }

  /** Removes all but the log, Envoy's complaints and, until it is applied or discarded, the overlay. */
  public tidy(): void {
    if (this.kept !== this.root) return rmSync(this.root, { recursive: true, force: true });
    for (const path of [
      this.window,
      this.cell,
      this.sockets,
      this.staged,
      this.cellNamespace,
      join(this.root, 'bundle'),
      join(this.root, 'runtime'),
    ])
      rmSync(path, { recursive: true, force: true });
  }
}
