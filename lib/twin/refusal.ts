/** The run can't be confined as asked, so nothing was run. Names the cause and the cure. */
export class RunRefused extends Error {
  public readonly code: RefusalCode;

  /** @param cause what is missing or forbidden; @param cure what to do about it */
  constructor(code: RefusalCode, cause: string, cure: string) {
    super(`${cause}; ${cure} [${code}]`);
    this.name = 'RunRefused';
    this.code = code;
  }
}

/** Stable codes of what stops a run before it starts. */
export type RefusalCode =
  | 'not-linux'
  | 'no-namespaces'
  | 'tool-missing'
  | 'bubblewrap-too-old'
  | 'envoy-missing'
  | 'envoy-too-old'
  | 'isolation-needs-root'
  | 'uplink-unavailable'
  | 'secret-missing'
  | 'authority-missing'
  | 'workspace-missing'
  | 'bind-missing'
  | 'command-missing'
  | 'link-failed'
  | 'keeper-failed'
  | 'envoy-failed';
