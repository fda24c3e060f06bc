/** Throws all problems at once, one a line. Does nothing when there are none. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
