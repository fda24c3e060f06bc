import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listening, type Contender } from './contender';
import { OPAQUE, ended, PROXY_ADDRESS, SECRET, type Place } from './place';

const PORT = 9228;
const CERTIFICATE_PROGRAM = '/usr/lib/squid/security_file_certgen';

/**
 * squid with `ssl_bump`, doing what it can of the same job: allowed hosts, methods and paths, the agent's key removed, ours added, a log line
 * for each request; the opaque host is spliced.
 */
export async function startSquid(place: Place, hosts: readonly string[]): Promise<Contender> {
  const directory = mkdtempSync(join(place.directory, 'squid-'));
  const id = Number(execFileSync('id', ['-u', 'proxy'], { encoding: 'utf8' }));
  const authority = join(directory, 'authority.pem');
  const subject = ['-subj', '/CN=squid bench', '-addext', 'basicConstraints=critical,CA:TRUE'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject].concat(
      ['-keyout', authority, '-out', join(directory, 'authority.crt')],
    ),
    { stdio: 'pipe' },
  );
  execFileSync('sh', ['-c', `cat authority.crt >> authority.pem`], { cwd: directory });
  for (const path of [place.directory, directory]) chmodSync(path, 0o755);
  for (const path of [directory, authority]) chownSync(path, id, id);
  execFileSync(CERTIFICATE_PROGRAM, ['-c', '-s', join(directory, 'certificates'), '-M', '4MB'], { stdio: 'pipe' });
  execFileSync('chown', ['-R', 'proxy', directory]);
  writeFileSync(join(directory, 'squid.conf'), configuration(place, directory, authority, hosts));
  const child = place.spawn('squid', 'squid', ['-N', '-f', join(directory, 'squid.conf')]);
  const pid = await listening(place, 'squid', child, PROXY_ADDRESS, PORT);
  return {
    name: 'squid',
    pid,
    stop: () => ended(child),
    route(way, host) {
      if (way !== 'connect' && way !== 'connect-passthrough') return undefined;
      return { address: PROXY_ADDRESS, port: PORT, connect: `${host}:443`, sni: host, host, path: '/v1/messages' };
    },
  };
}

function configuration(place: Place, directory: string, authority: string, hosts: readonly string[]): string {
  const intercepted = hosts.filter((host) => host !== OPAQUE).join(' ');
  return `
http_port ${PROXY_ADDRESS}:${PORT} ssl-bump cert=${authority} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program ${CERTIFICATE_PROGRAM} -s ${join(directory, 'certificates')} -M 4MB
sslcrtd_children 1
tls_outgoing_options cafile=${place.authority}
acl CONNECT method CONNECT
acl hosts dstdomain ${intercepted} ${OPAQUE}
acl opaque ssl::server_name ${OPAQUE}
acl intercepted ssl::server_name ${intercepted}
acl start at_step SslBump1
acl asked method POST
acl messages urlpath_regex ^/v1/messages(/count_tokens)?$
ssl_bump peek start
ssl_bump splice opaque
ssl_bump bump intercepted
ssl_bump terminate all
http_access allow CONNECT hosts
http_access allow hosts asked messages
http_access deny all
request_header_access X-Api-Key deny all
request_header_access Authorization deny all
request_header_access Cookie deny all
request_header_add X-Api-Key "${SECRET}" intercepted
cache deny all
cache_mem 8 MB
logformat record {"time":"%tg","method":"%rm","host":"%>rd","path":"%rp","status":%>Hs,"bytes":%<st,"ms":%tr}
access_log stdio:${join(directory, 'access.log')} record
cache_log ${join(directory, 'cache.log')}
pid_filename none
coredump_dir none
cache_effective_user proxy
shutdown_lifetime 0 seconds
max_filedescriptors 16384
`;
}
