import { type ClaimId, type Finding, type Report, type Verdict, worst } from '../proof';

/** What each claim is about, in two or three words. */
export const CLAIM_TITLES: Readonly<Record<ClaimId, string>> = {
  ip: 'By IP',
  dns: 'By name',
  'cloud-api': 'By the cloud’s API',
  role: 'With a role',
  secrets: 'With a secret',
  inbound: 'From outside',
  neighbour: 'Through a neighbour',
  launcher: 'By its launcher',
  audit: 'In the log',
  model: 'By what isn’t known',
  proxy: 'By the proxy’s own reach',
  tool: 'By a tool',
};

/** A sign beside each verdict, so that colour alone says nothing. */
export const SIGNS: Readonly<Record<Verdict, string>> = { open: '→', unproven: '?', closed: '✓' };

export function times(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The whole answer in one sentence. */
export function headline({ verdict, remaining, findings, workloads }: Report): string {
  if (!workloads.some(({ kind }) => kind === 'agent')) return 'Nothing to prove: the templates start no agent';
  const left = (wanted: Verdict) => findings.filter((one) => one.verdict === wanted && !one.accepted).length;
  if (remaining === 'open') return `${times(left('open'), 'way')} out ${left('open') === 1 ? 'is' : 'are'} open`;
  if (remaining === 'unproven')
    return `No way out is shown, ${times(left('unproven'), 'destination')} ${left('unproven') === 1 ? 'isn’t' : 'aren’t'} proved`;
  const accepted = findings.filter((one) => one.accepted).length;
  if (verdict !== 'closed') return `Nothing is left but ${times(accepted, 'accepted finding')}`;
  return 'No way out but the proxy';
}

/** The way through the window: closed, and yet there is a path. */
export function isWindow({ verdict, path }: Finding): boolean {
  return verdict === 'closed' && path.length > 0;
}

/** The worst of some findings, and how many of them somebody accepted: that makes none of them closed. */
export function standing(findings: readonly Finding[]): { readonly verdict: Verdict; readonly text: string } {
  const verdict = worst(findings.map((one) => one.verdict));
  const notClosed = findings.filter((one) => one.verdict !== 'closed');
  const accepted = notClosed.filter((one) => one.accepted).length;
  if (accepted === 0) return { verdict, text: verdict };
  return { verdict, text: accepted === notClosed.length ? `${verdict}, accepted` : `${verdict}, ${accepted} accepted` };
}

/** As many characters as fit, the end told by an ellipsis. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, Math.max(1, length - 1)).join('')}…`;
}
