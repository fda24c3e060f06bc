import { getPublicSuffix } from 'tldts';
import { nearestHost } from './host-suggestion';
import { show, type Findings } from './problem';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const METADATA_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.com',
  'instance-data.ec2.internal',
]);

/** Whether a host may be written in a policy; if not, why is recorded. */
export function checkHost(host: string, where: string, findings: Findings): boolean {
  const wildcard = host.startsWith('*.');
  const name = wildcard ? host.slice(2) : host;
  if (name.includes('*')) {
    findings.add(
      'wildcard-form',
      where,
      'an exact name, or "*." before one',
      show(host),
      'a wildcard is the whole first label, as in "*.example.com"',
    );
    return false;
  }
  if (isAddress(name)) {
    findings.add(
      'host-is-address',
      where,
      'a DNS name',
      show(host),
      'a certificate and a rule bind a name; give the service one',
    );
    return false;
  }
  if (isLocal(name)) {
    findings.add(
      'host-is-local',
      where,
      'a name outside this machine',
      show(host),
      "the proxy's own machine is never an upstream",
    );
    return false;
  }
  if (METADATA_NAMES.has(bare(name))) {
    findings.add(
      'host-is-metadata',
      where,
      "a name other than a cloud's metadata service",
      show(host),
      'it hands out the credentials of the proxy itself',
    );
    return false;
  }
  if (!isExactName(name)) {
    findings.add(
      'host-not-exact',
      where,
      'an exact lower-case DNS name such as "api.example.com"',
      show(host),
      nearestHost(name, wildcard),
    );
    return false;
  }
  if (wildcard && getPublicSuffix(name, { allowPrivateDomains: true }) === name) {
    findings.add(
      'wildcard-public-suffix',
      where,
      'a wildcard under a name that one owner holds',
      show(host),
      'anyone can register a name under it; name the hosts',
    );
    return false;
  }
  return true;
}

function isExactName(name: string): boolean {
  const labels = name.split('.');
  return (
    name.length <= 253 &&
    labels.length >= 2 &&
    labels.every((label) => LABEL.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Also the forms that inet_aton reads: `2130706433`, `0x7f.1`, `0177.0.0.1`. */
function isAddress(name: string): boolean {
  if (/^\[|:.*:/.test(name)) return true;
  return /^(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?(?:\/\d+)?$/i.test(name);
}

function isLocal(name: string): boolean {
  return /(?:^|\.)(?:localhost|localdomain|local)$/.test(bare(name)) || bare(name) === 'ip6-localhost';
}
