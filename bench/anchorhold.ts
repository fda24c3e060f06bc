import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { definePolicy } from '../lib/policy';
import { LAYOUT, startProxy } from '../test/equivalence/world';
import type { Contender } from './contender';
import { BARE_ANSWER, EVENTS, OPAQUE, PROXY_ADDRESS, SCRUBBED, SECRET, type Place } from './place';

const credential = { header: 'x-api-key', secret: 'bench-key' };
const ca = 'lab';
const rules = ['POST /v1/messages', 'POST /v1/messages/count_tokens', 'GET /v1/models/**'];

/** Every protection on: rules, strip, guard, credential, scrubbing, private addresses refused, a JSON log line for each request. */
const POLICY = {
  policy: 1,
  name: 'bench',
  limits: { requestsPerSecond: 1_000_000 },
  upstreams: [
    { host: SCRUBBED, prefix: '/scrubbed', ca, credential, rules },
    { host: BARE_ANSWER, prefix: '/unscrubbed', ca, credential, rules, response: { scrub: false } },
    { host: EVENTS, prefix: '/events', ca, credential, rules },
    { host: OPAQUE, tls: 'passthrough' },
  ],
};

/** Our proxy: the compiled policy in a real Envoy, beside a keeper. */
export async function startAnchorhold(place: Place): Promise<Contender> {
  const directory = mkdtempSync(join(place.directory, 'anchorhold-'));
  const proxy = await startProxy(definePolicy(POLICY), directory, { 'bench-key': SECRET }, place.authority);
  const at = (port: number) => ({ address: PROXY_ADDRESS, port });
  const tls = (host: string) => ({ host, sni: host, path: '/v1/messages' });
  const prefixes: Record<string, string> = {
    [SCRUBBED]: '/scrubbed',
    [BARE_ANSWER]: '/unscrubbed',
    [EVENTS]: '/events',
  };
  return {
    name: 'anchorhold',
    pid: proxy.process.pid ?? 0,
    route(way, host) {
      switch (way) {
        case 'transparent':
        case 'passthrough':
          return { ...at(443), ...tls(host) };
        case 'connect':
        case 'connect-passthrough':
          return { ...at(port(LAYOUT.forwardProxy)), ...tls(host), connect: `${host}:443` };
        case 'gateway':
          return { ...at(port(LAYOUT.gateway)), host: PROXY_ADDRESS, path: `${prefixes[host]}/v1/messages` };
      }
    },
    stop: () => proxy.stop(),
  };
}

function port(listener: (typeof LAYOUT)['gateway']): number {
  if (!listener || !('port' in listener)) throw new Error('the bench layout has a TCP port for each way');
  return listener.port;
}
