import * as asn1 from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  GeneralName,
  GeneralNames,
} from 'pkijs';

/** A certification authority of this run alone, and what it vouches for. All PEM. */
export interface Certificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
/** What Node 24 and every TLS 1.2 stack have. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const ALTERNATIVE_NAMES = '2.5.29.17';
/** Kinds of a `GeneralName` (RFC 5280, section 4.2.1.6). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

/** Makes a throwaway CA, and by it a certificate for this machine's loopback (`127.0.0.1`, `localhost`). */
export async function makeCertificates(): Promise<Certificates> {
  const ca = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const server = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const caName = 'Torture Primary CA';
  const constraints = new BasicConstraints({ cA: true, pathLenConstraint: 0 });
  const names = new GeneralNames({
    names: [
      new GeneralName({ type: DNS_NAME, value: 'localhost' }),
      new GeneralName({
        type: IP_ADDRESS,
        value: new asn1.OctetString({ valueHex: new Uint8Array([127, 0, 0, 1]).buffer }),
      }),
    ],
  });
  const caCertificate = await issue({
    subject: caName,
    issuer: caName,
    serial: 1,
    publicKey: ca.publicKey,
    signingKey: ca.privateKey,
    extension: extension(BASIC_CONSTRAINTS, true, constraints.toSchema()),
  });
  const certificate = await issue({
    subject: 'localhost',
    issuer: caName,
    serial: 2,
    publicKey: server.publicKey,
    signingKey: ca.privateKey,
    extension: extension(ALTERNATIVE_NAMES, false, names.toSchema()),
  });
  const key = await crypto.subtle.exportKey('pkcs8', server.privateKey);
  return {
    caPem: pem('CERTIFICATE', caCertificate),
    certPem: pem('CERTIFICATE', certificate),
    keyPem: pem('PRIVATE KEY', key),
  };
}

interface Issue {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: number;
  readonly publicKey: CryptoKey;
  readonly signingKey: CryptoKey;
  readonly extension: Extension;
}

async function issue(what: Issue): Promise<ArrayBuffer> {
  const certificate = new Certificate();
  // X.509 version 3 is counted from 0.
  certificate.version = 2;
  certificate.serialNumber = new asn1.Integer({ value: what.serial });
  certificate.subject.typesAndValues.push(commonName(what.subject));
  certificate.issuer.typesAndValues.push(commonName(what.issuer));
  certificate.notBefore.value = new Date(Date.now() - DAY_MS);
  certificate.notAfter.value = new Date(Date.now() + DAY_MS);
  certificate.extensions = [what.extension];
  await certificate.subjectPublicKeyInfo.importKey(what.publicKey);
  await certificate.sign(what.signingKey, 'SHA-256');
  return certificate.toSchema(true).toBER(false);
}

function commonName(value: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: COMMON_NAME, value: new asn1.Utf8String({ value }) });
}

function extension(extnID: string, critical: boolean, value: asn1.Sequence): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER(false) });
}

function pem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
