import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { JudgedWorkload, Report, Verdict } from '../proof';
import { markup, type Markup, raw } from './markup';
import { claimSections, overview } from './page-findings';
import { STYLE } from './page-style';
import { picture } from './picture';
import type { ClaimText } from './sarif';
import { headline, standing, times } from './words';

export interface PageInput {
  readonly report: Report;
  readonly claims: readonly ClaimText[];
  /** Names of the templates that were judged. */
  readonly templates: readonly string[];
  /** Of this package. */
  readonly version: string;
}

/**
 * The report as one page of HTML: no script, no request, nothing but itself. Its content security policy allows its own
 * style by hash and nothing else, so that a template's text could do nothing even if an escape were missing.
 */
export function page(input: PageInput): string {
  const { report } = input;
  // Without any agent nothing is found, and that isn't closed.
  const { verdict, text } = standing(report.findings);
  const policy = `default-src 'none'; style-src 'sha256-${digest(STYLE)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><title>${headline(report)}: anchorhold</title>
<style>${raw(STYLE)}</style></head><body>
<header><p class="kind">The proof ${badge(report.verdict, verdict === report.verdict ? text : report.verdict)}</p><h1>${headline(report)}</h1>
<p class="note">${subtitle(input)}</p></header>
<main>${report.workloads.map((workload, index) => section(workload, input, `w${index + 1}`))}${notes(report)}</main>
<footer><p class="note">Written by anchorhold ${input.version} prove. It says what the templates let through, not what runs.</p></footer>
</body></html>
`.text;
}

function digest(text: string): string {
  return btoa(String.fromCharCode(...sha256(utf8ToBytes(text))));
}

function subtitle({ report, templates }: PageInput): string {
  const [first = 'nothing', ...more] = templates;
  const judged = more.length === 0 ? first : `${first} and ${times(more.length, 'further template')}`;
  const count = (wanted: string) => report.findings.filter(({ verdict }) => verdict === wanted).length;
  return `${judged}: ${count('open')} open, ${count('unproven')} unproven, ${count('closed')} closed`;
}

function section(workload: JudgedWorkload, { report, claims }: PageInput, key: string): Markup {
  const findings = report.findings.filter((one) => one.workload === workload.id);
  const taken =
    workload.known === 'unmarked' && markup`<p class="note">Taken for an agent: nothing is marked as one.</p>`;
  return markup`<section class="workload" aria-labelledby="${key}"><h2 id="${key}"><span class="role">${workload.kind}</span>
<code>${workload.id}</code> ${badge(workload.verdict, standing(findings).text)}</h2>${taken}
${workload.kind === 'agent' && picture(workload, findings, key)}
${overview(claims, findings, key)}${claimSections(claims, findings, key)}</section>`;
}

/** What the verdicts rest on, and what is out of date. */
function notes({ assumed, unusedAssumptions, lapsed, types }: Report): Markup {
  const list = (title: string, items: readonly (string | Markup)[]) =>
    items.length > 0 &&
    markup`<section class="notes"><h2>${title}</h2><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul></section>`;
  return markup`${list(
    'The baseline is to be mended',
    lapsed.map(({ id, why, says }) => markup`<code>${id}</code> ${why}: ${says}`),
  )}${list('Taken as true because somebody said so', assumed.map(code))}${list(
    'Assumptions that nothing needed',
    unusedAssumptions.map(code),
  )}${list(
    'Types of resources that the proof doesn’t know',
    Object.entries(types.unknown).map(([type, ids]) => markup`<code>${type}</code>: ${ids.join(', ')}`),
  )}`;
}

function badge(verdict: Verdict, text: string): Markup {
  return markup`<span class="badge ${verdict}">${text}</span>`;
}

function code(text: string): Markup {
  return markup`<code>${text}</code>`;
}
