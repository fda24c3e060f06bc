import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

/** What a TLS server is given. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A certificate authority of the lab, in its own directory, by openssl. */
export class LabAuthority {
  /** PEM file of the authority's own certificate. */
  readonly file: string;
  private issued = 0;

  constructor(private readonly directory: string) {
    fs.mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, 'ca.crt');
    const subject = `/CN=${path.basename(directory)}`;
    this.openssl('req', '-x509', ...EC_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', subject);
  }

  /** A certificate for these names; negative `days`: it ended so many days ago. */
  issue(names: readonly string[], days = 2): ServerCertificate {
    const name = `leaf${this.issued++}`;
    this.openssl('req', ...EC_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=up');
    fs.writeFileSync(path.join(this.directory, 'ext'), subjectAltName(names));
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ext'];
    this.openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, '-days', String(days), ...authority);
    return this.read(name);
  }

  /** A certificate that nobody vouches for but itself. */
  selfSigned(name: string): ServerCertificate {
    const extension = ['-addext', subjectAltName([name]).trim()];
    this.openssl('req', '-x509', ...EC_KEY, '-keyout', 'self.key', '-out', 'self.crt', '-subj', '/CN=up', ...extension);
    return this.read('self');
  }

  private read(name: string): ServerCertificate {
    const text = (ending: string) => fs.readFileSync(path.join(this.directory, `${name}.${ending}`), 'utf8');
    return { key: text('key'), cert: text('crt') };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}

function subjectAltName(names: readonly string[]): string {
  return `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`;
}
