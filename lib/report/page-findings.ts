import type { Finding, Hop } from '../proof';
import { markup, type Markup } from './markup';
import type { ClaimText } from './sarif';
import { CLAIM_TITLES, isWindow, SIGNS, standing, times } from './words';

const WORST_FIRST = ['open', 'unproven', 'closed'] as const;

/** One line a claim, each a link to its findings. */
export function overview(claims: readonly ClaimText[], findings: readonly Finding[], key: string): Markup {
  const items = shownClaims(claims, findings).map(({ id, its }) => {
    const { verdict, text } = standing(its);
    return markup`<li><a class="chip ${verdict}" href="#${key}-${id}"><span class="sign" aria-hidden="true">${SIGNS[verdict]}</span>
<span>${CLAIM_TITLES[id]}</span><span class="note">${text}</span></a></li>`;
  });
  return markup`<ul class="chips">${items}</ul>`;
}

/** Every claim with its reason, the attack it answers, and each destination. */
export function claimSections(claims: readonly ClaimText[], findings: readonly Finding[], key: string): Markup {
  const sections = shownClaims(claims, findings).map(({ id, says, attack, its }) => {
    const sorted = WORST_FIRST.flatMap((verdict) => its.filter((one) => one.verdict === verdict));
    return markup`<section class="claim" id="${key}-${id}"><h3>${CLAIM_TITLES[id]} <code>${id}</code></h3>
<p class="says">${says}</p><p class="attack"><strong>The attack.</strong> ${attack}</p>${sorted.map(findingDetails)}</section>`;
  });
  return markup`${sections}`;
}

function shownClaims(claims: readonly ClaimText[], findings: readonly Finding[]) {
  return claims
    .map((claim) => ({ ...claim, its: findings.filter(({ claim: of }) => of === claim.id) }))
    .filter(({ its }) => its.length > 0);
}

function findingDetails(finding: Finding): Markup {
  const { id, verdict, destination, reason, path, change, missing = [], accepted } = finding;
  const until = accepted?.until === undefined ? '' : ` until ${accepted.until}`;
  const open = verdict !== 'closed' && !accepted;
  return markup`<details class="finding ${verdict}" ${open ? markup`open` : ''}><summary><span class="badge">${verdict}${
    accepted ? ', accepted' : ''
  }</span> <span class="destination">${destination}</span></summary>
<p>${reason}${isWindow(finding) ? '' : '.'}</p>
${path.length > 0 && markup`<p class="label">${times(path.length, 'hop')}</p><ol class="hops">${path.map(hop)}</ol>`}
${change !== undefined && markup`<p class="change"><span class="label">The change that closes it</span>${change}</p>`}
${missing.length > 0 && markup`<p class="label">What has to be known</p><ul class="facts">${missing.map(({ id: fact, says }) => markup`<li>${says}<br><code>--assume '${fact}'</code></li>`)}</ul>`}
${accepted && markup`<p class="accepted"><span class="label">Accepted${until}</span>${accepted.reason}</p>`}
<p class="note">id <code>${id}</code></p></details>`;
}

function hop({ id, by }: Hop): Markup {
  return markup`<li><code>${id}</code> <span class="by">${by}</span></li>`;
}
