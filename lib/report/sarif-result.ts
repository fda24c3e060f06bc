import type { CodeFlow, Location, Result } from 'sarif';
import type { Finding, Hop } from '../proof';
import { marked } from './marked';
import type { SourcePlace, Sources } from './sources';

/** One finding that isn't closed. */
export function sarifResult(finding: Finding, sources: Sources, ruleIndex: number | undefined): Result {
  const { id, claim, verdict, workload, destination, path, accepted } = finding;
  const [flow] = path.length > 0 ? [codeFlow(path, sources)] : [];
  return {
    ruleId: claim,
    ...(ruleIndex !== undefined && { ruleIndex }),
    kind: 'fail',
    level: verdict === 'open' ? 'error' : 'warning',
    message: { text: messageText(finding) },
    locations: [primary(finding, sources)],
    ...(flow && { codeFlows: [flow] }),
    fingerprints: { 'anchorhold/v1': id },
    // The one that GitHub's code scanning follows; by itself it would hash lines, which a synthesis moves.
    partialFingerprints: { primaryLocationLineHash: id },
    ...(accepted && {
      suppressions: [{ kind: 'external', status: 'accepted', justification: marked(accepted.reason) }],
    }),
    properties: { verdict, workload: marked(workload), destination: marked(destination) },
  };
}

function messageText({ verdict, workload, destination, reason, change, missing }: Finding): string {
  const facts = (missing ?? []).map(({ id, says }) => `${says} (--assume '${id}')`).join('; ');
  const mend = [change && ` To close it: ${change}.`, facts && ` Missing: ${facts}.`];
  return messageOf(`${verdict}: ${workload} to ${destination}: ${reason}.${mend.filter(Boolean).join('')}`);
}

/** A message's text is a small language: links in brackets, arguments in braces. Ids of a template must make neither. */
function messageOf(text: string): string {
  return marked(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/\{(\d+)\}/g, '{{$1}}');
}

/** Where its change is made: the hop that the change names, else the first that stands in a template, else the workload. */
function primary({ path, change, workload }: Finding, sources: Sources): Location {
  const named = path.filter(({ id }) => change?.split(/[ ,;]/).includes(id));
  for (const { id, by } of [...named, ...path, { id: workload, by: '' }]) {
    const place = sources.find(id, by);
    if (place) return locationOf(id, place);
  }
  return locationOf(workload, sources.first());
}

function codeFlow(path: readonly Hop[], sources: Sources): CodeFlow {
  const locations = path.map(({ id, by }, index) => ({
    executionOrder: index + 1,
    location: { ...locationOf(id, sources.find(id, by)), message: { text: messageOf(`${id}: ${by}`) } },
  }));
  return { threadFlows: [{ locations }] };
}

function locationOf(id: string, place: SourcePlace | undefined): Location {
  const logical = { logicalLocations: [{ fullyQualifiedName: marked(id), kind: 'resource' }] };
  if (!place) return logical;
  const { uri, line, column } = place;
  const artifactLocation = uri.startsWith('file:') ? { uri } : { uri, uriBaseId: '%SRCROOT%' };
  // Code review shows a result only where it has a line.
  const region = { startLine: line ?? 1, ...(column !== undefined && { startColumn: column }) };
  return { ...logical, physicalLocation: { artifactLocation, region } };
}
