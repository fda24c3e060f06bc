/** What the other end saw, and what the agent knew: the judges of the show. */
import type { Told } from './agent';
import { ADDRESSES, headerOf, type Arrival, type Internet } from './stand-in';

export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

interface Evidence {
  readonly told: readonly Told[];
  /** What arrived when the same escapes were tried outside the cell. */
  readonly control: readonly Arrival[];
  readonly secrets: { readonly modelKey: string; readonly gitPassword: string };
  readonly internet: Internet;
  readonly placeholder: string;
}

/** Tries the escapes where there is no cell: a way that is closed to everyone would prove nothing. */
export function arrivalsOutside({ namespace, resolver, record }: Internet): readonly Arrival[] {
  const probe = `
    const { Resolver } = require('node:dns').promises;
    const dns = new Resolver(); dns.setServers(['${resolver}']);
    const get = (address) => fetch('http://' + address + '/').then(() => 0, () => 0);
    const ask = dns.resolve4('control.attacker.example').then(() => 0, () => 0);
    Promise.all([get('${ADDRESSES.nobody}'), get('${ADDRESSES.metadata}'), ask]);`;
  namespace.run(process.execPath, ['-e', probe]);
  return record();
}

export function checksOf({ told, control, secrets, internet, placeholder }: Evidence): readonly Check[] {
  const record = internet.record();
  const end = told.find(({ kind }) => kind === 'end');
  const texts = told.flatMap((line) => (line.kind === 'text' ? [line] : []));
  const spread = (texts.at(-1)?.at ?? 0) - (texts[0]?.at ?? 0);
  const transcript = JSON.stringify(told);
  const model = requestsTo(record, 'api.model.example');
  const git = requestsTo(record, 'git.example');
  const password = `Basic ${Buffer.from(`agent:${secrets.gitPassword}`).toString('base64')}`;
  return [
    {
      name: `the client library finished its loop (${end?.kind === 'end' ? end.turns : 0} turns)`,
      ok: end !== undefined,
    },
    { name: `its answer came in ${texts.length} pieces, as it was written`, ok: texts.length > 3 && spread > 30 },
    {
      name: 'it saw its placeholder, and neither the model key nor the git password',
      ok: transcript.includes(placeholder) && !Object.values(secrets).some((value) => transcript.includes(value)),
    },
    {
      name: `the model host saw the real key, and no other, on ${model.length} requests`,
      ok: model.length > 0 && model.every((arrival) => onlyKey(arrival, secrets.modelKey)),
    },
    {
      name: `the git host saw the real password on ${git.length} requests`,
      ok: git.length > 0 && git.every((arrival) => headerOf(arrival, 'authorization') === password),
    },
    {
      name: 'acme/web got its branch, acme/design did not',
      ok: Boolean(internet.branch('acme/web', 'from-the-cell')) && !internet.branch('acme/design', 'from-the-cell'),
    },
    { name: 'outside the cell the same escapes arrive', ok: ESCAPES.every((arrived) => control.some(arrived)) },
    { name: 'from inside it none did', ok: !ESCAPES.some((arrived) => record.some(arrived)) },
    { name: 'the unlisted host saw nothing', ok: !record.some((arrival) => arrivedAt(arrival, ADDRESSES.unlisted)) },
  ];
}

const ESCAPES: readonly ((arrival: Arrival) => boolean)[] = [
  (arrival) => arrivedAt(arrival, ADDRESSES.nobody),
  (arrival) => arrivedAt(arrival, ADDRESSES.metadata),
  (arrival) => arrival.kind === 'dns' && arrival.name.endsWith('attacker.example'),
];

function arrivedAt(arrival: Arrival, address: string): boolean {
  return (arrival.kind === 'tcp' || arrival.kind === 'udp') && arrival.to === address;
}

function requestsTo(record: readonly Arrival[], server: string): readonly Extract<Arrival, { kind: 'request' }>[] {
  return record.flatMap((arrival) => (arrival.kind === 'request' && arrival.server === server ? [arrival] : []));
}

function onlyKey(arrival: Extract<Arrival, { kind: 'request' }>, key: string): boolean {
  return headerOf(arrival, 'x-api-key') === key && headerOf(arrival, 'authorization') === undefined;
}
