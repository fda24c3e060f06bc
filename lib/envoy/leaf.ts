/** File-system and secret name of a host's certificate: `*.example.com` is `_.example.com`, which no host can be. */
export function leafName(host: string): string {
  return host.startsWith('*.') ? `_${host.slice(1)}` : host;
}
