import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as x509 from '@peculiar/asn1-x509';
import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Milliseconds since 1970. */
export interface Validity {
  readonly from: number;
  readonly to: number;
}

const ECDSA_WITH_SHA256 = new x509.AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });
const COMMON_NAME = '2.5.4.3';

/** Who signs: worked out once, since an authority signs a thousand leaves. */
export interface Issuer {
  /** Made of the key, so that no two authorities of ours are confused in one trust store. */
  readonly name: string;
  readonly keyIdentifier: Uint8Array;
  readonly privateKey: KeyObject;
}

/** The issuer that a private key is. */
export function issuerOf(privateKey: KeyObject): Issuer {
  const identifier = keyIdentifier(publicKeyInfo(createPublicKey(privateKey)));
  return {
    name: `Anchorhold authority ${identifier.toString('hex').slice(0, 16)}`,
    keyIdentifier: identifier,
    privateKey,
  };
}

/** A self-signed authority that may sign leaves and no further authority (RFC 5280; strict python wants each of its extensions). */
export function authorityCertificate(issuer: Issuer, validity: Validity): string {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const name = commonName(issuer.name);
  return signed(issuer, { subject: name, publicKey: publicKeyInfo(createPublicKey(issuer.privateKey)), validity }, [
    extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(keyCertSign | cRLSign)),
    extension(x509.id_ce_subjectKeyIdentifier, false, new x509.SubjectKeyIdentifier(issuer.keyIdentifier)),
  ]);
}

/** A server certificate for some DNS names (or `*.parent`), with every field the tested clients ask for. */
export function leafCertificate(hosts: readonly string[], key: KeyObject, issuer: Issuer, validity: Validity): string {
  const [first = ''] = hosts;
  // A common name ends at 64 characters; Java and Chromium take an empty subject only beside a critical SAN.
  const fits = first.length <= 64;
  const publicKey = publicKeyInfo(key);
  const names = new x509.SubjectAlternativeName(hosts.map((dNSName) => new x509.GeneralName({ dNSName })));
  const signer = new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(issuer.keyIdentifier) });
  return signed(issuer, { subject: fits ? commonName(first) : new x509.Name(), publicKey, validity }, [
    extension(x509.id_ce_basicConstraints, true, new x509.BasicConstraints()),
    extension(x509.id_ce_keyUsage, true, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)),
    extension(x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth])),
    extension(x509.id_ce_subjectAltName, !fits, names),
    extension(x509.id_ce_subjectKeyIdentifier, false, new x509.SubjectKeyIdentifier(keyIdentifier(publicKey))),
    extension(x509.id_ce_authorityKeyIdentifier, false, signer),
  ]);
}

interface Subject {
  readonly subject: x509.Name;
  readonly publicKey: x509.SubjectPublicKeyInfo;
  readonly validity: Validity;
}

function signed(
  issuer: Issuer,
  { subject, publicKey, validity }: Subject,
  extensions: readonly x509.Extension[],
): string {
  const serial = randomBytes(16);
  // First byte 0x40 to 0x7f: positive and of one length, as RFC 5280 section 4.1.2.2 wants it.
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  const content = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: Uint8Array.from(serial).buffer,
    signature: ECDSA_WITH_SHA256,
    issuer: commonName(issuer.name),
    subject,
    validity: new x509.Validity({ notBefore: new Date(validity.from), notAfter: new Date(validity.to) }),
    subjectPublicKeyInfo: publicKey,
    extensions: new x509.Extensions([...extensions]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(content)), issuer.privateKey);
  const der = AsnConvert.serialize(
    new x509.Certificate({
      tbsCertificate: content,
      signatureAlgorithm: ECDSA_WITH_SHA256,
      signatureValue: Uint8Array.from(signature).buffer,
    }),
  );
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extension(extnID: string, critical: boolean, value: object): x509.Extension {
  return new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function commonName(name: string): x509.Name {
  const value = new x509.AttributeValue({ utf8String: name });
  return new x509.Name([
    new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue({ type: COMMON_NAME, value })]),
  ]);
}

function publicKeyInfo(publicKey: KeyObject): x509.SubjectPublicKeyInfo {
  return AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), x509.SubjectPublicKeyInfo);
}

/** RFC 7093 method 1: the first 160 bits of the SHA-256 of the key's bit string. */
function keyIdentifier({ subjectPublicKey }: x509.SubjectPublicKeyInfo): Buffer {
  return createHash('sha256').update(new Uint8Array(subjectPublicKey)).digest().subarray(0, 20);
}
