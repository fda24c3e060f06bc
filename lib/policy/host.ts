import { getPublicSuffix } from 'tldts';
import type { ProblemCode } from './problem-codes';
import { show, type Findings } from './problem';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** They hand out the credentials of the machine that asks: the vendors' documentation of their metadata services. */
const METADATA_NAMES = [
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.com',
  'metadata.azure.internal',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
];
/** Above public suffixes: the children of these belong to whoever rents one, though the list has no entry for the parent. */
const RENTED = ['amazonaws.com', 'amazonaws.com.cn', 'windows.net', 'core.windows.net', 'azure.com', 'googleapis.com'];

type Refusal = readonly [code: ProblemCode, expected: string, mend: string];

/** The host of an entry, or undefined with a problem that says why it can't stand in a policy. */
export function readHost(host: string, where: string, findings: Findings): string | undefined {
  const refusal = judgeHost(host);
  if (refusal === undefined) return host;
  const [code, expected, mend] = refusal;
  findings.add(code, where, expected, show(host), mend);
  return undefined;
}

function judgeHost(host: string): Refusal | undefined {
  const wildcard = host.startsWith('*.');
  const name = wildcard ? host.slice(2) : host;
  const exact = 'an exact lower-case DNS name such as "api.example.com"';
  const misplaced = misplacedPart(host);
  if (misplaced !== undefined) return ['host-not-exact', exact, misplaced];
  if (name.includes('*')) {
    const mend = 'a wildcard is the whole first label, as in "*.example.com"';
    return ['wildcard-form', 'an exact name, or "*." before one', mend];
  }
  if (isAddress(name)) {
    return ['host-is-address', 'a DNS name', 'a certificate and a rule bind a name; give the service one'];
  }
  if (isLocal(name)) {
    return ['host-is-local', 'a name outside this machine', "the proxy's own machine is never an upstream"];
  }
  if (wildcard && (RENTED.includes(name) || getPublicSuffix(name, { allowPrivateDomains: true }) === name)) {
    const mend = 'anyone can register a name under it; name the hosts';
    return ['wildcard-public-suffix', 'a wildcard under a name that one owner holds', mend];
  }
  if (isMetadata(name, wildcard)) {
    const mend = 'it hands out the credentials of the proxy itself';
    return ['host-is-metadata', "a name other than a cloud's metadata service", mend];
  }
  return isExactName(name) ? undefined : ['host-not-exact', exact, nearestHost(name, wildcard)];
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

/** RFC 6761, RFC 6762, and the names that container engines give the machine they run on. */
function isLocal(name: string): boolean {
  return /(?:^|\.)(?:localhost|localdomain|local|ip6-localhost|ip6-loopback|(?:docker|containers)\.internal)$/.test(
    bare(name),
  );
}

function isMetadata(name: string, wildcard: boolean): boolean {
  const asked = bare(name);
  return METADATA_NAMES.some((known) => asked === known || (wildcard && known.endsWith(`.${asked}`)));
}

/** Which other field a part of the text belongs into. */
function misplacedPart(text: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'leave the scheme out; the proxy always speaks TLS to a host';
  if (text.includes('@')) return 'leave the user out; a credential has its own field, `credential`';
  if (/^[0-9.]+\/[0-9]+$/.test(text)) return undefined;
  if (/[/?#]/.test(text)) return 'a path belongs in `rules`, and a base path in `prefix`';
  return /^[^:[\]]+:[0-9]*$/.test(text) ? 'the port has its own field, `port`' : undefined;
}

/** How to mend a name that is not exact: the sentence that fits what is wrong with it. */
function nearestHost(name: string, wildcard: boolean): string {
  const odd = /[^A-Za-z0-9.\-_\u0080-\uffff]/.exec(name);
  if (odd !== null) {
    const point = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `the character U+${point} can't stand in a name`;
  }
  if (/[^\u0000-\u007f]/.test(name)) return `write the ASCII form, ${JSON.stringify(asciiForm(name))}`;
  if (!name.replace(/\.$/, '').includes('.')) return 'write the whole name; a search domain is never added';
  if (/[A-Z]/.test(name) || name.endsWith('.')) {
    return `did you mean ${JSON.stringify((wildcard ? '*.' : '') + bare(name))}?`;
  }
  return 'labels are 1 to 63 letters, digits and inner "-", the whole at most 253, and the last is no number';
}

function asciiForm(name: string): string {
  try {
    return new URL(`https://${name}/`).hostname;
  } catch {
    return 'xn--…';
  }
}
