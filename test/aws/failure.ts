/** What a piece of code throws, as text; empty when it throws nothing. */
export function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}
