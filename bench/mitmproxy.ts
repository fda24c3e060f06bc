import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listening, type Contender } from './contender';
import { OPAQUE, ended, PROXY_ADDRESS, SECRET, type Place } from './place';

const PORT = 9328;

/** mitmproxy with an addon that does the same job. `program` is its `mitmdump`. */
export async function startMitmproxy(place: Place, program: string, hosts: readonly string[]): Promise<Contender> {
  if (!existsSync(program)) throw new Error(`mitmproxy: expected its mitmdump at ${program}, found nothing`);
  const directory = mkdtempSync(join(place.directory, 'mitmproxy-'));
  const intercepted = hosts.filter((host) => host !== OPAQUE);
  writeFileSync(join(directory, 'addon.py'), addon(intercepted, join(directory, 'requests.jsonl')));
  const options = [
    'connection_strategy=lazy',
    `confdir=${directory}`,
    `ssl_verify_upstream_trusted_ca=${place.authority}`,
  ];
  const child = place.spawn('mitmproxy', program, [
    ...['--quiet', '--listen-host', PROXY_ADDRESS, '--listen-port', String(PORT), '-s', join(directory, 'addon.py')],
    ...['--ignore-hosts', `^${OPAQUE.replaceAll('.', '\\.')}:443$`],
    ...options.flatMap((option) => ['--set', option]),
  ]);
  const pid = await listening(place, 'mitmproxy', child, PROXY_ADDRESS, PORT);
  return {
    name: 'mitmproxy',
    pid,
    stop: () => ended(child),
    route(way, host) {
      if (way !== 'connect' && way !== 'connect-passthrough') return undefined;
      return { address: PROXY_ADDRESS, port: PORT, connect: `${host}:443`, sni: host, host, path: '/v1/messages' };
    },
  };
}

function addon(hosts: readonly string[], log: string): string {
  return `
import json, re, time
from mitmproxy import http

HOSTS = ${JSON.stringify(hosts)}
RULE = re.compile(r"^/v1/messages(/count_tokens)?$")
LOG = open(${JSON.stringify(log)}, "a", buffering=65536)

def request(flow):
    asked = flow.request
    if asked.pretty_host not in HOSTS or asked.method != "POST" or not RULE.match(asked.path.split("?")[0]):
        flow.response = http.Response.make(403, b"{}", {"content-type": "application/json"})
        return
    for name in ("x-api-key", "authorization", "cookie"):
        asked.headers.pop(name, None)
    asked.headers["x-api-key"] = "${SECRET}"

def response(flow):
    if "${SECRET}".encode() in (flow.response.raw_content or b""):
        flow.response.raw_content = flow.response.raw_content.replace("${SECRET}".encode(), b"*")
    LOG.write(json.dumps({"time": time.time(), "method": flow.request.method, "host": flow.request.pretty_host,
        "path": flow.request.path.split("?")[0], "status": flow.response.status_code}) + "\\n")
`;
}
