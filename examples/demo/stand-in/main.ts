/** The process that plays the internet, inside its namespace. Started by `startInternet`, which talks to it over node's channel. */
import { createAuthority, type ServerIdentity } from './authority';
import { serveDns } from './dns-server';
import { createRepository, gitHost } from './git-host';
import { echoSocket, modelApi } from './model-api';
import { Recorder } from './record';
import { serveRelay } from './relay';
import { tcpSink, udpSink } from './sink';
import { serveSite, type Respond, type TlsSite } from './tls-site';
import { ADDRESSES, type Change, type InternetOptions, type Ready } from './internet-options';

const REPOSITORIES = ['acme/web', 'acme/design', 'acme/other'];

async function serve(options: InternetOptions): Promise<Ready> {
  const record = new Recorder(options.recordFile);
  const secrets = { model: options.modelKey, git: options.gitPassword };
  const zone = new Map<string, readonly string[]>(Object.entries(options.zone));
  const authority = await createAuthority('Stand-in public root');
  for (const name of REPOSITORIES) createRepository(options.repositories, name);

  const model = modelApi(() => secrets.model);
  const sites: TlsSite[] = [
    { ...(await named('api.model.example')), address: ADDRESSES.model, respond: model, upgrade: echoSocket },
    {
      ...(await named('git.example')),
      address: ADDRESSES.git,
      respond: gitHost(options.repositories, 'agent', () => secrets.git),
    },
    { ...(await named('packages.example')), address: ADDRESSES.packages, respond: packages },
    { ...(await named('unlisted.example')), address: ADDRESSES.unlisted, respond: model },
    {
      name: 'wrong.example',
      identity: await authority.issue(['other.example']),
      address: ADDRESSES.wrongName,
      respond: model,
    },
    {
      name: 'expired.example',
      identity: await authority.issue(['expired.example'], lastWeek()),
      address: ADDRESSES.expired,
      respond: model,
    },
    {
      name: 'selfsigned.example',
      identity: await foreign('selfsigned.example'),
      address: ADDRESSES.selfSigned,
      respond: model,
    },
  ];
  for (const site of sites) zone.set(site.name, zone.get(site.name) ?? [site.address]);
  await Promise.all([
    ...sites.map((site) => serveSite(site, record)),
    serveDns(ADDRESSES.dns, () => zone, record),
    serveRelay(options.relaySocket),
    ...[22, 80, 443].map((port) => tcpSink(ADDRESSES.nobody, port, record)),
    ...[53, 123, 443].map((port) => udpSink(ADDRESSES.nobody, port, record)),
    tcpSink(ADDRESSES.metadata, 80, record),
    tcpSink(ADDRESSES.taskMetadata, 80, record),
  ]);
  process.on('message', (change: Change) => {
    if (change.kind === 'zone') for (const [name, addresses] of Object.entries(change.zone)) zone.set(name, addresses);
    else Object.assign(secrets, change.secrets);
    process.send?.({ kind: 'changed' });
  });
  return { kind: 'ready', authority: authority.certificate };

  async function named(name: string): Promise<{ name: string; identity: ServerIdentity }> {
    return { name, identity: await authority.issue([name]) };
  }
}

const packages: Respond = (request, _body, response) => {
  const known = request.url === '/anchor/-/anchor-1.0.0.tgz';
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/octet-stream' });
  response.end(known ? 'a package\n' : 'no such package\n');
};

async function foreign(host: string): Promise<ServerIdentity> {
  return (await createAuthority('Nobody trusts me')).issue([host]);
}

function lastWeek(): { from: Date; until: Date } {
  const day = 24 * 3600 * 1000;
  return { from: new Date(Date.now() - 14 * day), until: new Date(Date.now() - 7 * day) };
}

process.on('disconnect', () => process.exit(0));
process.once('message', (options: InternetOptions) => {
  serve(options).then(
    (ready) => process.send?.(ready),
    (error: unknown) =>
      process.send?.({ kind: 'failed', message: error instanceof Error ? error.stack : String(error) }),
  );
});
