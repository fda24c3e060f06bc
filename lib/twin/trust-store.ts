import { createHash, createHmac, randomBytes } from 'node:crypto';
import { TRUST_STORE_PASSWORD } from '../clients';

/**
 * A PKCS12 of trusted certificates for Java (which reads neither PEM nor our variables), from a PEM bundle: RFC 7292,
 * without encryption (the certificates are public), with a MAC, each marked as trusted as Oracle's keytool does.
 */
export function buildTrustStore(bundle: string): Uint8Array {
  const bags = certificatesOf(bundle).map((der, index) => certificateBag(der, `ca-${index}`));
  const safe = data(sequence(...bags));
  const authenticated = sequence(safe);
  const salt = randomBytes(20);
  const key = deriveMacKey(TRUST_STORE_PASSWORD, salt, MAC_ROUNDS);
  const mac = createHmac('sha256', key).update(authenticated).digest();
  const macData = sequence(
    sequence(sequence(oid('2.16.840.1.101.3.4.2.1'), tlv(0x05)), octets(mac)),
    octets(salt),
    integer(MAC_ROUNDS),
  );
  return sequence(integer(3), data(authenticated), macData);
}

const MAC_ROUNDS = 1000;

function certificatesOf(bundle: string): readonly Buffer[] {
  const blocks = bundle.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  return [...blocks].map(([, body = '']) => Buffer.from(body, 'base64'));
}

function certificateBag(der: Buffer, name: string): Buffer {
  const certificate = sequence(oid('1.2.840.113549.1.9.22.1'), explicit(octets(der)));
  const friendlyName = sequence(oid('1.2.840.113549.1.9.20'), set(tlv(0x1e, bmp(name))));
  const trusted = sequence(oid('2.16.840.1.113894.746875.1.1'), set(oid('2.5.29.37.0')));
  return sequence(oid('1.2.840.113549.1.12.10.1.3'), explicit(certificate), set(friendlyName, trusted));
}

function data(content: Buffer): Buffer {
  return sequence(oid('1.2.840.113549.1.7.1'), explicit(octets(content)));
}

/** RFC 7292 appendix B.2 with SHA-256, purpose 3 (MAC): one block is enough for a 32-byte key. */
function deriveMacKey(password: string, salt: Buffer, rounds: number): Buffer {
  const repeat = (bytes: Buffer): Buffer => Buffer.alloc(Math.ceil(bytes.length / 64) * 64, bytes);
  const secret = Buffer.concat([bmp(password), Buffer.alloc(2)]);
  let key: Buffer = Buffer.concat([Buffer.alloc(64, 3), repeat(salt), repeat(secret)]);
  for (let round = 0; round < rounds; round++) key = createHash('sha256').update(key).digest();
  return key;
}

/** UTF-16, big-endian. */
function bmp(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

function tlv(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(8, '0'), 'hex');
  const digits = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const set = (...parts: readonly Buffer[]): Buffer => tlv(0x31, ...parts);
const explicit = (part: Buffer): Buffer => tlv(0xa0, part);
const octets = (bytes: Buffer): Buffer => tlv(0x04, bytes);

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
  return tlv(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const digits = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) | 0x80);
  return digits;
}
