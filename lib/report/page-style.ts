/** The page's style: one text, because its hash is what the page's security policy admits. Contrast is WCAG AA in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --cell: #f1efe8; --ink: #1c2126; --soft: #58616b;
  --rule: #dcd8cd; --wall: #3b434c; --closed: #1c6840; --open: #b3231a; --unproven: #7d5100; --window: #1b5a9e;
  --closed-wash: #e6f2ea; --open-wash: #fceae8; --unproven-wash: #fbf0d9; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171a; --card: #1b1f24; --cell: #20262c; --ink: #e7e9ec; --soft: #a5aeb8;
  --rule: #343b43; --wall: #aab3bd; --closed: #74d19b; --open: #ff8f85; --unproven: #f2bf5b; --window: #86bdff;
  --closed-wash: #173124; --open-wash: #3d1d1b; --unproven-wash: #372a10; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 70rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere; }
h1 { margin: .25rem 0 .5rem; font-size: clamp(1.6rem, 1.2rem + 2vw, 2.4rem); line-height: 1.2; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 3rem 0 .75rem; font-size: 1.2rem; }
.workload:first-child > h2 { margin-top: 1.5rem; }
h3 { margin: 0 0 .25rem; font-size: 1.05rem; }
p { margin: .35rem 0; }
code { font: .88em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
h3 code { color: var(--soft); font-weight: 400; }
.note, .by, .attack { color: var(--soft); font-size: .9rem; }
.kind, .role, .label { color: var(--soft); font-size: .9rem; }
.kind { margin: 0; }
.label { display: block; margin-top: .75rem; font-weight: 600; }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 1rem; font: 600 .8rem/1.5 system-ui, sans-serif;
  border: 1px solid currentColor; vertical-align: .1em; white-space: nowrap; }
.badge.closed, .closed > summary .badge { color: var(--closed); background: var(--closed-wash); }
.badge.open, .open > summary .badge { color: var(--open); background: var(--open-wash); }
.badge.unproven, .unproven > summary .badge { color: var(--unproven); background: var(--unproven-wash); }
.is-open { color: var(--open); font-weight: 600; }

.picture { margin: 1rem 0 1.5rem; padding: 1rem; background: var(--card); border: 1px solid var(--rule); border-radius: 1rem; }
.picture svg { display: block; width: 100%; height: auto; font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.picture .narrow { display: none; max-width: 27rem; margin: 0 auto; }
figcaption { margin-top: .75rem; color: var(--soft); font-size: .9rem; }
svg text { fill: var(--ink); }
svg .name { font-size: 15px; font-weight: 600; }
svg .note { font-size: 13px; fill: var(--soft); }
.cell { fill: var(--cell); stroke: var(--wall); stroke-width: 5; }
.agent { fill: var(--ink); }
.agent-name { font-size: 14px; font-weight: 600; paint-order: stroke; stroke: var(--cell); stroke-width: 5px; }
.line { fill: none; stroke-width: 2; stroke: var(--line); }
.head, .station { fill: var(--line); }
.stop { stroke: var(--line); stroke-width: 4; stroke-linecap: round; }
.row.closed { --line: var(--closed); } .row.closed .line { opacity: .55; stroke-width: 1.5; }
.row.closed .name { font-weight: 400; }
.row.open { --line: var(--open); } .row.open .line { stroke-width: 3; } .row.open .name { fill: var(--open); }
.row.unproven { --line: var(--unproven); } .row.unproven .line { stroke-dasharray: .012 .012; }
.row.window { --line: var(--window); } .row.window .line { stroke-width: 3; } .row.window .name { fill: var(--window); }
.gap { stroke: var(--card); stroke-width: 7; }
.row.window .gap { stroke-width: 9; }
.frame { stroke: var(--window); stroke-width: 3; }
.proxy { fill: var(--card); stroke: var(--window); stroke-width: 2.5; }
.proxy-name { font-size: 14px; font-weight: 600; }
.doubt { fill: var(--card); stroke: var(--unproven); stroke-width: 2; }
svg .sign { font-size: 14px; font-weight: 700; fill: var(--unproven); }
.station { stroke: var(--card); stroke-width: 2; }
svg .number { font-size: 11px; font-weight: 700; fill: var(--card); }

.chips { display: grid; grid-template-columns: repeat(auto-fill, minmax(16.5rem, 1fr)); gap: .5rem; margin: 0 0 2rem; padding: 0; list-style: none; }
.chip { display: grid; grid-template-columns: 1.4rem 1fr auto; gap: .35rem; align-items: baseline; height: 100%; padding: .5rem .75rem;
  border: 1px solid var(--rule); border-radius: .6rem; background: var(--card); color: var(--ink); text-decoration: none; }
.chip:hover { border-color: var(--ink); }
.chip .sign { font-weight: 700; }
.chip.closed .sign { color: var(--closed); }
.chip.open { border-color: var(--open); } .chip.open .sign, .chip.open .note { color: var(--open); }
.chip.unproven { border-color: var(--unproven); } .chip.unproven .sign, .chip.unproven .note { color: var(--unproven); }

.claim { margin: 0 0 1.25rem; padding: 1rem 1.1rem; background: var(--card); border: 1px solid var(--rule); border-radius: .8rem; scroll-margin-top: 1rem; }
.claim .says { max-width: 46rem; } .claim .attack { max-width: 46rem; margin-bottom: .75rem; }
.finding { margin: .35rem 0; border-top: 1px solid var(--rule); padding: .35rem 0; }
.finding > summary { padding: .35rem 0; cursor: pointer; }
.finding > :not(summary) { margin-left: 1.1rem; }
.destination { font-weight: 600; }
.finding.closed .destination { font-weight: 400; }
.hops { margin: .25rem 0 .5rem 1.1rem; padding-left: 1.4rem; }
.hops li { margin: .2rem 0; padding-left: .2rem; }
.hops li::marker { font-weight: 700; color: var(--soft); }
.change, .accepted { padding: .1rem .9rem .6rem; border-left: 4px solid var(--closed); background: var(--closed-wash); border-radius: 0 .5rem .5rem 0; }
.change .label { margin-top: .4rem; color: var(--closed); }
.accepted { border-color: var(--window); background: var(--cell); }
.accepted .label { margin-top: .4rem; }
.facts { margin: .25rem 0 .5rem 1.1rem; padding-left: 1.1rem; }
.facts li { margin: .35rem 0; }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--window); outline-offset: 2px; border-radius: .4rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); }

@media (max-width: 52rem) { body { padding: 1.5rem 1rem 3rem; } .picture { padding: .75rem .5rem; } figcaption { padding: 0 .5rem; }
  .picture .wide { display: none; } .picture .narrow { display: block; } .chips { grid-template-columns: 1fr; } .claim { padding: .9rem; }
  .finding > :not(summary), .hops, .facts { margin-left: 0; } svg .name { font-size: 14px; } svg .note { font-size: 12px; } }
@media (prefers-reduced-motion: no-preference) {
  .row.open .line, .row.window .line { stroke-dasharray: 1; animation: drawn .9s ease-out backwards; }
  .row .head, .row .station, .row .number { animation: shown .4s .6s ease-out backwards; }
  @keyframes drawn { from { stroke-dashoffset: 1; } } @keyframes shown { from { opacity: 0; } } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print { :root { --paper: #fff; --card: #fff; --cell: #f4f4f4; --ink: #000; --soft: #444; --rule: #bbb; --wall: #333; --closed: #1c6840;
  --open: #b3231a; --unproven: #7d5100; --window: #1b5a9e; --closed-wash: #fff; --open-wash: #fff; --unproven-wash: #fff; }
  body { padding: 0; font-size: 10pt; } .row * { animation: none !important; } .chip, .claim, .picture, .finding { break-inside: avoid; }
  .picture .wide { display: block; } .picture .narrow { display: none; } .chips { grid-template-columns: repeat(3, 1fr); }
  details::details-content { content-visibility: visible; block-size: auto; } }
`;
