/**
 * What Envoy says on standard error, without what a crash says: it prints the stream's headers then, the injected key among them.
 * From its line with "Caught" on, nothing is kept.
 */
export class Complaints {
  private crashed = false;
  private latest: readonly string[] = [];

  /** The line, where it may be kept. */
  public take(line: string): string | undefined {
    this.crashed ||= line.includes('Caught');
    if (this.crashed) return undefined;
    this.latest = [...this.latest.slice(-20), line];
    return line;
  }

  /** The last that were kept. */
  public last(count: number): readonly string[] {
    return this.latest.slice(-count);
  }
}
