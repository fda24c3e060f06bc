/** How to mend a host that is not an exact name: the sentence that fits what is wrong with it. */
export function nearestHost(name: string, wildcard: boolean): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return 'leave the scheme out; the proxy always speaks TLS to a host';
  const odd = /[^A-Za-z0-9.\-_:/?@\u0080-\uffff]/.exec(name);
  if (odd !== null) {
    const point = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `the character U+${point} can't stand in a name`;
  }
  if (name.includes('@')) return 'leave the user out; a credential has its own field, "credential"';
  if (name.includes('/') || name.includes('?')) return 'a path belongs in "rules", and a base path in "prefix"';
  if (name.includes(':')) return 'the port has its own field, "port"';
  if (/[^\u0000-\u007f]/.test(name)) return `write the ASCII form, ${JSON.stringify(asciiForm(name))}`;
  if (name === '') return 'write the name of the host';
  if (!name.replace(/\.$/, '').includes('.')) return 'write the whole name; a search domain is never added';
  if (/[A-Z]/.test(name) || name.endsWith('.')) {
    return `did you mean ${JSON.stringify((wildcard ? '*.' : '') + name.toLowerCase().replace(/\.$/, ''))}?`;
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
