/** One thing in the command's file system, which is otherwise empty. */
export type CellMount =
  | { readonly kind: 'bind'; readonly from: string; readonly to: string; readonly writable?: boolean }
  | { readonly kind: 'tmpfs'; readonly to: string; readonly bytes: number; readonly mode: string }
  | { readonly kind: 'symlink'; readonly target: string; readonly to: string };

/** What an isolation strategy builds: everything the command may see, in the order it is mounted. */
export interface Cell {
  readonly mounts: readonly CellMount[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly command: readonly string[];
  readonly hostname: string;
  readonly pids: number;
  readonly memoryBytes: number;
}

/** The id the command sees itself under, where ids can be chosen. */
export const AGENT_ID = 1000;
export const AGENT_HOME = '/home/agent';
export const WORKSPACE = '/workspace';
