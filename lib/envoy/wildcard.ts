/** True when the host stands for every name below it. */
export function isWildcard({ host }: { readonly host: string }): boolean {
  return host.startsWith('*.');
}
