import type { JsonObject } from './json';
import type { KeeperManifest } from './keeper-manifest';
import { leafFile, leafSecret } from './leaf';

const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';

/** The files Envoy subscribes to: they say where a secret lies and hold none. One file each: Envoy refuses a file with more. */
export function buildSecretFiles(manifest: KeeperManifest): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { file } of manifest.credentials) {
    const slug = file.replace(/^credentials\/|\/value$/g, '');
    files[`sds/credential-${slug}.json`] = resource(slug, { generic_secret: { secret: { filename: file } } });
  }
  for (const { name, certificate, key } of manifest.leaves) {
    files[leafFile(name)] = resource(leafSecret(name), {
      tls_certificate: { certificate_chain: { filename: certificate }, private_key: { filename: key } },
    });
  }
  return files;
}

function resource(name: string, secret: JsonObject): string {
  return `${JSON.stringify({ resources: [{ '@type': SECRET, name, ...secret }] })}\n`;
}
