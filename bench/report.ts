import { cpus } from 'node:os';
import type { ComparisonResult } from './compare';
import type { StreamsResult } from './streams';

/** What one run measured. */
export interface Report {
  readonly version: 1;
  readonly envoy: string;
  readonly squid: string;
  readonly mitmproxy: string;
  readonly rounds: number;
  readonly seconds: number;
  readonly comparisons: readonly ComparisonResult[];
  readonly streams: readonly StreamsResult[];
  readonly startUp: readonly StartUp[];
}

/** What `bench/compile-size.ts` measures of one policy, base-URL and transparent ways. */
export interface StartUp {
  readonly upstreams: number;
  readonly compileMs: number;
  readonly bootstrapBytes: number;
  readonly readySeconds: number;
  readonly rssMB: number;
  readonly idlePercent: number;
  readonly inotify: number;
}

const START = '<!-- measured: written by `npm run bench -- --write` -->';
const END = '<!-- /measured -->';

/** The tables, as Markdown. */
export function markdown(report: Report): string {
  const rows = report.comparisons.map((result) => [
    result.name,
    result.fresh ? `${result.connections}, new each` : String(result.connections),
    `**${ratio(result.ratio.median)}** (${ratio(result.ratio.least)}–${ratio(result.ratio.greatest)})`,
    result.aim === undefined ? '' : `≥ ${result.aim}${result.ratio.median >= result.aim ? '' : ': missed'}`,
    String(Math.round(result.perCpuSecond)),
    `${signed(result.addedP50Ms)} / ${signed(result.addedP99Ms)}`,
  ]);
  const streams = report.streams.map(({ contender, way, streams, bytesEach }) => [
    contender,
    way,
    String(streams),
    `${(bytesEach / 1000).toFixed(0)} kB`,
  ]);
  const startUps = report.startUp.map((start) => [
    String(start.upstreams),
    `${start.compileMs} ms`,
    `${(start.bootstrapBytes / 1e6).toFixed(1)} MB`,
    `${start.readySeconds.toFixed(2)} s`,
    `${start.rssMB} MB`,
    `${start.idlePercent} % of a core`,
    String(start.inotify),
  ]);
  return [
    `${cpus().length} cores, ${report.envoy}, ${report.squid}, ${report.mitmproxy}; ${report.rounds} rounds of ${report.seconds} s each side.`,
    '',
    ...table(
      ['ours ÷ theirs', 'connections', 'ratio, median (range)', 'aim', 'ours, requests/CPU-s', 'added p50 / p99, ms'],
      rows,
    ),
    '',
    ...table(['proxy', 'way', 'open event streams', 'memory each'], streams),
    '',
    ...table(['upstreams', 'compile', 'bootstrap', 'ready', 'memory', 'idle', 'inotify instances'], startUps),
  ].join('\n');
}

/** A page with its measured part replaced. Throws where the page lacks the marks. */
export function withMeasured(page: string, text: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`docs/benchmarks.md: expected the lines "${START}" and "${END}"`);
  return `${before}${START}\n\n${text}\n\n${END}${after}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
