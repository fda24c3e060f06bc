import { CLAIMS, type Finding, prove } from '../../lib/proof';
import { page } from '../../lib/report';
import { referenceStack } from '../proof/reference-stack';
import { HOSTILE, hostilePage, openReport, pageOf, pages } from './pages';

test.each([
  ['closed', 'No way out but the proxy'],
  ['open', '4 ways out are open'],
  ['unproven', 'No way out is shown, 1 destination isn’t proved'],
  ['empty', 'Nothing to prove: the templates start no agent'],
] as const)('the page of the %s template says so first', (kind, headline) => {
  expect(pages()[kind]).toContain(`<h1>${headline}</h1>`);
});

test('a template without an agent is unproven', () => {
  expect(pages().empty).toContain('The proof <span class="badge unproven">unproven</span>');
});

test('what is accepted is told with its reason and its last day, and isn’t called closed', () => {
  const html = pages().accepted;
  expect(html).toContain('until the mirror stands');
  expect(html).toContain('Accepted until 2027-01-31');
  expect(html).toContain('<span class="badge">open, accepted</span>');
  const whole = openReport();
  const accept = (one: Finding) => (one.verdict === 'closed' ? one : { ...one, accepted: { reason: 'known' } });
  const findings = whole.findings.map(accept);
  const report = { ...whole, findings, remaining: 'closed' as const };
  const all = page({ report, claims: CLAIMS, templates: ['t'], version: '1.2.3' });
  expect(all).toContain('<h1>Nothing is left but 4 accepted findings</h1>');
  expect(all).toContain('<span class="badge open">open, accepted</span></h2>');
  expect(all).toMatch(/<a class="chip open" href="#w1-ip">[^]*?<span class="note">open, accepted<\/span>/);
});

test('an expired entry, a used assumption and one that nothing needed are told', () => {
  expect(pages().expired).toContain('The baseline is to be mended');
  expect(pages().unproven).toMatch(/Assumptions that nothing needed[^]*routes\(gone\)/);
});

test('every finding is there, with its hops, the change that closes it and its id', () => {
  const resources = referenceStack();
  for (const [id, { Type }] of Object.entries(resources)) if (/Firewall/.test(Type)) delete resources[id];
  const html = pageOf(resources);
  const { findings } = prove([{ name: 'Agent.template.json', document: { Resources: resources } }]);
  expect(findings.some(({ change }) => change !== undefined)).toBe(true);
  for (const { id, path, change } of findings) {
    expect(html).toContain(`<code>${id}</code>`);
    for (const hop of path) expect(html).toContain(`<code>${hop.id}</code>`);
    if (change !== undefined) expect(html).toContain(change.replaceAll('"', '&quot;').replaceAll("'", '&#39;'));
  }
});

test('the same report is the same page', () => {
  expect(pages().open).toBe(pages().open);
});

test('nothing of a template is markup in the page, wherever it stands', () => {
  const html = hostilePage();
  expect(html).toContain('&lt;script&gt;window.hacked = 1&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x');
  expect(html).toContain('\\u202e');
  for (const part of [HOSTILE, '<script', '<img', '\u202e', '"\'>']) expect(html).not.toContain(part);
});

test('a page names no other address: it holds no link but to itself, and no script', () => {
  for (const html of Object.values(pages())) {
    const links = [...html.matchAll(/\s(?:href|src|action|data|xlink:href)="([^"]*)"/g)].map((match) => match[1]);
    expect(links.filter((link) => !link?.startsWith('#') && link !== 'data:,')).toEqual([]);
    expect(html).not.toMatch(/<script|\son\w+=|\sstyle=|@import|url\(/);
  }
});

test('many open ways are drawn as a few and the number of the rest, and listed whole', () => {
  const report = openReport();
  const [found] = report.findings.filter(({ verdict }) => verdict === 'open');
  const findings = Array.from({ length: 30 }, (_, index) => ({ ...(found as Finding), destination: `place ${index}` }));
  const html = page({ report: { ...report, findings }, claims: CLAIMS, templates: ['t'], version: '1.2.3' });
  expect(html).toContain('and 24 more');
  expect(html.match(/<details class="finding open"/g)).toHaveLength(30);
  expect(html.match(/<g class="row open"/g)).toHaveLength(14); // seven in each drawing
});
