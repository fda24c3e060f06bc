import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, type Der, element, integer, objectId, octets, sequence, set, time, TRUE, utf8 } from './der';

/** Milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

/** The name an authority signs under, made of its key, so that no two of ours are confused in one trust store. */
export function authorityName(publicKey: KeyObject): string {
  return `Anchorhold authority ${keyIdentifier(publicKey).toString('hex').slice(0, 16)}`;
}

/** A self-signed authority that may sign leaves and no further authority (RFC 5280; strict python wants each of its extensions). */
export function authorityCertificate(publicKey: KeyObject, privateKey: KeyObject, validity: Validity): string {
  const name = commonName(authorityName(publicKey));
  const extensions = [
    extension('2.5.29.19', true, sequence(TRUE, integer(0))),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension('2.5.29.15', true, bits(Buffer.from([0b0000_0110]), 1)),
    extension('2.5.29.14', false, octets(keyIdentifier(publicKey))),
  ];
  return signed({ issuer: name, subject: name, publicKey, privateKey, validity, extensions });
}

/** A server certificate for one DNS name (or `*.parent`), with every field the tested clients ask for. */
export function leafCertificate(
  host: string,
  publicKey: KeyObject,
  authority: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  validity: Validity,
): string {
  // A common name ends at 64 characters; Java and Chromium take an empty subject only beside a critical SAN.
  const fits = host.length <= 64;
  const extensions = [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, bits(Buffer.from([0b1000_0000]), 7)),
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', !fits, sequence(element(0x82, Buffer.from(host, 'ascii')))),
    extension('2.5.29.14', false, octets(keyIdentifier(publicKey))),
    extension('2.5.29.35', false, sequence(element(0x80, keyIdentifier(authority.publicKey)))),
  ];
  const issuer = commonName(authorityName(authority.publicKey));
  return signed({
    issuer,
    subject: fits ? commonName(host) : sequence(),
    publicKey,
    privateKey: authority.privateKey,
    validity,
    extensions,
  });
}

interface Content {
  readonly issuer: Der;
  readonly subject: Der;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Der[];
}

function signed({ issuer, subject, publicKey, privateKey, validity, extensions }: Content): string {
  const serial = randomBytes(16);
  const content = sequence(
    element(0xa0, integer(2)),
    // First byte 0x40 to 0x7f: positive and of one length, as RFC 5280 section 4.1.2.2 wants it.
    integer((serial.readUInt8(0) & 0x3f) | 0x40, ...serial.subarray(1)),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(validity.from), time(validity.to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  return pem(sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, privateKey))));
}

function extension(id: string, critical: boolean, value: Der): Der {
  return sequence(objectId(id), ...(critical ? [TRUE] : []), octets(value));
}

function commonName(name: string): Der {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(name))));
}

/** RFC 7093 method 1: the first 160 bits of the SHA-256 of the key's bit string, which of a P-256 key is the last 65 bytes. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  return createHash('sha256').update(key).digest().subarray(0, 20);
}

function pem(der: Der): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
