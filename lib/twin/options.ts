import type { Compiled } from '../envoy';
import type { Policy } from '../policy';
import type { CredentialFile } from '../credential-files';
import type { OverlayChange } from './overlay';
import type { SummaryRow } from './summary';

/** What `run` needs to know. */
export interface RunOptions {
  /** What the command may reach. */
  readonly policy: Policy;
  /** @default - compiled from the policy for this machine; give one to prove that the same bytes ran */
  readonly compiled?: Compiled;
  /** Program and arguments; the program is looked up on the cell's PATH. */
  readonly command: readonly string[];
  /** Where the value of each secret the policy names is found. Values never enter the cell. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** PEM bundle of each authority that the policy names. @default - none */
  readonly authorities?: Readonly<Record<string, string>>;
  /** @default - kind 'none': an empty home, no files of this machine */
  readonly workspace?: WorkspaceOptions;
  /** @default 'bubblewrap' */
  readonly isolation?: IsolationName;
  /** `proxy`: a link whose other end is the proxy. `none`: no interface at all, the proxy's sockets only. @default 'proxy' */
  readonly network?: 'proxy' | 'none';
  /** How the proxy (never the command) reaches the world. @default - slirp4netns */
  readonly uplink?: UplinkOptions;
  /** @default 4 GiB, where the kernel lets us hold it */
  readonly memoryBytes?: number;
  /** @default 512 */
  readonly pids?: number;
  /** Variables of the command that aren't secret. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Further files or folders of this machine the command may read. @default - none */
  readonly readOnlyBinds?: readonly string[];
  /** The Envoy program. @default - ANCHORHOLD_ENVOY, then PATH, then the project's cache */
  readonly envoy?: string;
  /** Where the log and the overlay are kept. @default - a new folder under the system's temporary one */
  readonly runDirectory?: string;
  /** `capture` returns the output in the result. @default 'inherit' */
  readonly stdio?: 'inherit' | 'ignore' | 'capture';
  /** Told the command's standard output as it comes, with `capture`. @default - it is only returned at the end */
  readonly output?: (text: string) => void;
  /** Where one-line notices go (hidden files, limits not in force). @default - standard error */
  readonly notice?: (line: string) => void;
  /** Ends the run early, as SIGTERM would. @default - none */
  readonly signal?: AbortSignal;
}

export type SecretSource = { readonly env: string } | { readonly file: string };

export type IsolationName = 'bubblewrap' | 'runc' | 'crun' | 'runsc';

export interface WorkspaceOptions {
  readonly kind: 'none' | 'tmp' | 'read-only' | 'overlay';
  /** Required with `read-only` and `overlay`. @default - none */
  readonly directory?: string;
}

export type UplinkOptions =
  | { readonly kind: 'slirp4netns' }
  /** A link into a network namespace (its path, or its name under /run/netns), for stand-in internets. */
  | { readonly kind: 'veth'; readonly namespace: string; readonly resolver?: string };

/** What happened. */
export interface RunResult {
  /** The command's; 128 + n when signal n ended it. */
  readonly exitCode: number;
  /** The request log, grouped. */
  readonly summary: readonly SummaryRow[];
  /** The request log itself, one JSON object a line. */
  readonly log: string;
  /** Protections that this machine couldn't put in force. */
  readonly notInForce: readonly string[];
  /** Files of the workspace the command was not shown. */
  readonly hidden: readonly CredentialFile[];
  /** With an overlay workspace only. */
  readonly overlay?: Overlay;
  /** With `stdio: 'capture'` only. */
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What the command changed in its copy of the workspace; nothing is applied until `apply`. */
export interface Overlay {
  readonly changes: readonly OverlayChange[];
  /** Copies the changes into the workspace; returns those refused, with reasons. */
  apply(): readonly OverlayChange[];
  discard(): void;
}
