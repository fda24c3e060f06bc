import * as path from 'node:path';
import { setting } from './bootstrap-edit';
import { LabAuthority } from './certificates';
import { until, type Lab, type Seen } from './lab';
import { Upstream } from './upstream';

/** Where a name may never lead, by the label of the host that answers with it. */
export const FORBIDDEN: Readonly<Record<string, string>> = {
  loopback: '127.0.0.1',
  metadata: '169.254.169.254',
  private10: '10.66.0.9',
  private192: '192.168.66.9',
  shared: '100.64.0.9',
  unique: 'fd00::9',
};
/** Hosts whose certificate is not to be believed, by what is wrong with it. */
export const BAD_CERTIFICATES = ['wrong-name', 'expired', 'self-signed', 'foreign-authority'] as const;
export type BadCertificate = (typeof BAD_CERTIFICATES)[number];

export interface UpstreamObservations {
  readonly good: Seen;
  readonly certificates: Readonly<Record<string, Seen>>;
  /** TLS names of connections over which any byte of HTTP came, in the strict run. */
  readonly spokenTo: readonly string[];
  readonly addresses: Readonly<Record<string, Seen>>;
  readonly opaque: Readonly<Record<string, Seen>>;
  /** Addresses of the lab that were dialled in the strict run. */
  readonly dialled: readonly string[];
  /** Addresses dialled once `resolved_address_filter` was taken out of the compiled bootstrap. */
  readonly dialledWithoutFilter: readonly string[];
}

const host = (label: string) => `${label}.up.example`;
const DOCUMENT = {
  policy: 1,
  name: 'upstreams',
  upstreams: [
    ...['good', ...BAD_CERTIFICATES, ...Object.keys(FORBIDDEN)].map((label) => ({
      host: host(label),
      ca: 'lab',
      credential: { bearer: 'key' },
      rules: ['GET /v1/messages'],
    })),
    ...Object.keys(FORBIDDEN).map((label) => ({ host: host(`opaque-${label}`), tls: 'passthrough' })),
  ],
};

/** Hosts with bad certificates and names that lead inside, under one policy; then once more without the address filter. */
export async function observe(lab: Lab): Promise<UpstreamObservations> {
  const addresses = Object.values(FORBIDDEN).filter((address) => address !== '127.0.0.1');
  await lab.raise(addresses);
  for (const [label, address] of Object.entries(FORBIDDEN))
    for (const name of [label, `opaque-${label}`]) lab.names.answers.set(host(name), [address]);
  const upstream = await lab.upstream(certificates(lab));
  for (const address of ['127.0.0.1', ...addresses]) await upstream.listen(address);
  const secrets = new Map([['key', 'canary-0123456789']]);

  const proxy = await lab.start(DOCUMENT, secrets);
  const ask = (label: string) => lab.ask(upstream, 'transparent', { host: host(label) });
  await until(async () => (await ask('good')).status === 200, 5000);
  const good = await ask('good');
  const strict = await askAll(BAD_CERTIFICATES, ask);
  const inside = await askAll(Object.keys(FORBIDDEN), ask);
  const opaque = await askAll(Object.keys(FORBIDDEN), (label) => ask(`opaque-${label}`));
  const dialled = [...new Set(upstream.dialled)];
  const spokenTo = [...new Set(upstream.spokenTo)];
  await proxy.stop();

  const before = upstream.dialled.length;
  const open = await lab.start(DOCUMENT, secrets, (bootstrap) =>
    setting(bootstrap, 'resolved_address_filter', undefined),
  );
  await askAll(Object.keys(FORBIDDEN), ask);
  await askAll(Object.keys(FORBIDDEN), (label) => ask(`opaque-${label}`));
  const dialledWithoutFilter = [...new Set(upstream.dialled.slice(before))];
  await open.stop();
  upstream.close();
  return { good, certificates: strict, spokenTo, addresses: inside, opaque, dialled, dialledWithoutFilter };
}

function certificates(lab: Lab): ConstructorParameters<typeof Upstream>[0] {
  const foreign = new LabAuthority(path.join(lab.directory, 'foreign'));
  const right = [host('good'), ...Object.keys(FORBIDDEN).map(host)];
  const rightOne = lab.authority.issue(right);
  return {
    ...Object.fromEntries(right.map((name) => [name, rightOne])),
    [host('wrong-name')]: lab.authority.issue([host('somebody-else')]),
    [host('expired')]: lab.authority.issue([host('expired')], -1),
    [host('self-signed')]: lab.authority.selfSigned(host('self-signed')),
    [host('foreign-authority')]: foreign.issue([host('foreign-authority')]),
  };
}

async function askAll(labels: readonly string[], ask: (label: string) => Promise<Seen>): Promise<Record<string, Seen>> {
  const seen: Record<string, Seen> = {};
  for (const label of labels) seen[label] = await ask(label);
  return seen;
}
