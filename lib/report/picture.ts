import type { Finding, JudgedWorkload } from '../proof';
import { markup, type Markup } from './markup';
import { rowsOf, type Row } from './picture-rows';
import { shortened, times } from './words';

/** One drawing for a wide page, one for a phone: text of a picture that is only scaled can't be read there. */
interface Layout {
  readonly name: 'wide' | 'narrow';
  readonly width: number;
  /** Where the wall of the network stands. */
  readonly wall: number;
  readonly agent: number;
  /** Where destinations begin. */
  readonly label: number;
  readonly characters: number;
  readonly row: number;
}

const WIDE: Layout = { name: 'wide', width: 1040, wall: 400, agent: 120, label: 640, characters: 38, row: 50 };
const NARROW: Layout = { name: 'narrow', width: 340, wall: 104, agent: 42, label: 142, characters: 20, row: 52 };
const TOP = 64;

/** The network, the agent in it, the window, and every attempt: stopped by the wall, unsure, or through it. */
export function picture(agent: JudgedWorkload, findings: readonly Finding[], key: string): Markup {
  const rows = rowsOf(findings);
  return markup`<figure class="picture">${[WIDE, NARROW].map((layout) => drawing(agent, rows, layout, key))}
<figcaption>From the agent on the left, every attempt. The wall stops it, the window leads to the proxy,
<span class="is-open">a line through the wall is a way out</span>, a broken line is not known.</figcaption></figure>`;
}

function drawing(agent: JudgedWorkload, rows: readonly Row[], layout: Layout, key: string): Markup {
  const { name, width, wall } = layout;
  const height = TOP + Math.max(rows.length, 2) * layout.row + 20;
  const middle = (TOP + height - 20) / 2;
  const id = `${key}-${name}`;
  return markup`<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">What ${agent.id} reaches</title><desc id="${id}-text">${described(rows)}</desc>
<rect class="cell" x="6" y="6" width="${wall - 6}" height="${height - 12}" rx="14"/>
${network(agent, layout)}
${rows.map((row, index) => attempt(row, middle, TOP + (index + 0.5) * layout.row, layout))}
<circle class="agent" cx="${layout.agent}" cy="${middle}" r="${name === 'wide' ? 26 : 18}"/>
<text class="agent-name" x="${layout.agent}" y="${middle + (name === 'wide' ? 46 : 36)}" text-anchor="middle">agent</text>
</svg>`;
}

function network({ id, places = [] }: JudgedWorkload, { name }: Layout): Markup {
  const networks = [...new Set(places.flatMap((place) => place.networks))];
  const subnets = new Set(places.flatMap((place) => place.subnets));
  if (name === 'narrow') return markup`<text class="note" x="18" y="30">its network</text>`;
  const [first = 'its network isn’t known', ...more] = networks;
  const label = more.length > 0 ? `${first} and ${more.length} more` : first;
  // On some clouds a workload is what starts it.
  const starts = [...new Set(places.map(({ by }) => by))].filter((by) => by !== id);
  const started = starts.length > 0 ? `, started by ${starts.join(', ')}` : '';
  const below = places.length === 0 ? '' : `${times(subnets.size, 'subnet')}${started}`;
  return markup`<text class="name" x="24" y="34">${shortened(label, 36)}</text>
<text class="note" x="24" y="53">${shortened(below, 44)}</text>`;
}

/** One line from the agent, and what it comes to. */
function attempt(row: Row, from: number, y: number, layout: Layout): Markup {
  const { agent, wall } = layout;
  // What is stopped stands by the wall, what gets through further out.
  const label = row.kind === 'closed' ? wall + 20 : layout.label;
  const reach = row.kind === 'closed' ? wall - 5 : row.kind === 'unproven' ? label - 34 : label - 16;
  const bend = (agent + wall) / 2;
  const line = `M${agent} ${from} C${bend} ${from} ${bend} ${y} ${wall - 24} ${y} L${reach} ${y}`;
  return markup`<g class="row ${row.kind}">
${row.kind === 'closed' ? '' : markup`<path class="gap" d="M${wall} ${y - 9} V${y + 9}"/>`}
<path class="line" d="${line}" pathLength="1"/>
${ending(row, y, reach, layout)}${row.kind === 'open' && layout.name === 'wide' ? stations(row, y, layout) : ''}
<text class="name" x="${label}" y="${y - 2}">${shortened(row.label, layout.characters)}<title>${row.label}</title></text>
<text class="note" x="${label}" y="${y + 16}">${shortened(row.note, layout.characters + 10)}</text></g>`;
}

/** A bar, an arrow, a question mark, or the proxy: told by shape as well as by colour. */
function ending({ kind }: Row, y: number, reach: number, { wall, name }: Layout): Markup {
  switch (kind) {
    case 'closed':
      return markup`<path class="stop" d="M${reach} ${y - 9} V${y + 9}"/>`;
    case 'open':
      return markup`<path class="head" d="M${reach - 9} ${y - 6} L${reach + 3} ${y} L${reach - 9} ${y + 6} Z"/>`;
    case 'unproven':
      return markup`<circle class="doubt" cx="${reach + 10}" cy="${y}" r="10"/><text class="sign" x="${reach + 10}" y="${y + 5}" text-anchor="middle">?</text>`;
    case 'window': {
      const frame = markup`<path class="frame" d="M${wall - 8} ${y - 11} H${wall + 8} M${wall - 8} ${y + 11} H${wall + 8}"/>`;
      if (name === 'narrow') return frame;
      const middle = wall + 110;
      return markup`${frame}<rect class="proxy" x="${middle - 44}" y="${y - 16}" width="88" height="32" rx="8"/>
<text class="proxy-name" x="${middle}" y="${y + 5}" text-anchor="middle">proxy</text>`;
    }
  }
}

/** The hops behind the wall, numbered as in the list of the finding. */
function stations({ hops }: Row, y: number, { wall, label }: Layout): readonly Markup[] {
  const room = label - 48 - (wall + 22);
  const step = Math.min(40, room / Math.max(1, hops.length - 1));
  if (step < 20) return [];
  return hops.map(({ id }, index) => {
    const x = wall + 22 + index * step;
    return markup`<circle class="station" cx="${x}" cy="${y}" r="9"><title>${id}</title></circle>
<text class="number" x="${x}" y="${y + 4}" text-anchor="middle">${index + 1}</text>`;
  });
}

function described(rows: readonly Row[]): string {
  return rows.map(({ label, note }) => `${label}: ${note}`).join('; ');
}
