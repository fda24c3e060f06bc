import { existsSync, readFileSync } from 'node:fs';
import type { Policy } from '../policy';
import { CELL_LINK } from './addresses';
import { AGENT_HOME, AGENT_ID } from './cell';

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The bundle of public roots on this machine, if any. */
export function findPublicRoots(): string | undefined {
  return SYSTEM_BUNDLES.find((path) => existsSync(path));
}

/** Only the policy's names resolve, and only to the proxy. */
export function buildHosts(policy: Policy, link: boolean): string {
  const names = [...new Set(policy.upstreams.map((upstream) => upstream.host))].filter((host) => !host.startsWith('*'));
  const lines = ['127.0.0.1 localhost cell', '::1 localhost'];
  return [...lines, ...(link ? names.map((name) => `${CELL_LINK.transparent} ${name}`) : [])].join('\n') + '\n';
}

/** The whole of the cell's /etc except the certificates, which need the keeper's authority. */
export function buildEtc(policy: Policy, link: boolean, uid: number): Readonly<Record<string, string>> {
  return {
    hosts: buildHosts(policy, link),
    'resolv.conf': '',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
    passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:${uid}:${uid}:agent:${AGENT_HOME}:/bin/sh\n`,
    group: `root:x:0:\nagent:x:${uid}:\n`,
    hostname: 'cell\n',
    ...copyOf('ssl/openssl.cnf', '/etc/ssl/openssl.cnf'),
  };
}

/** Where programs look for the system's roots: all of these hold the public roots and our authority. */
export const CERTIFICATE_FILES = [
  'ssl/certs/ca-certificates.crt',
  'ssl/cert.pem',
  'pki/tls/certs/ca-bundle.crt',
] as const;

/** The id in the cell's passwd file: bubblewrap maps to it, an OCI runtime keeps the real one. */
export const MAPPED_ID = AGENT_ID;

function copyOf(name: string, path: string): Record<string, string> {
  return existsSync(path) ? { [name]: readFileSync(path, 'utf8') } : {};
}
