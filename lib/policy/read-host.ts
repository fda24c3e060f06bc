import { checkHost } from './host';
import { show, type Findings } from './problem';

/** The host of an entry, checked, or undefined with a problem that says which other field its parts belong into. */
export function readHost(text: string, where: string, findings: Findings): string | undefined {
  const misplaced = misplacedPart(text);
  if (misplaced !== undefined) {
    findings.add(
      'host-not-exact',
      where,
      'an exact lower-case DNS name such as "api.example.com"',
      show(text),
      misplaced,
    );
    return undefined;
  }
  return checkHost(text, where, findings) ? text : undefined;
}

function misplacedPart(text: string): string | undefined {
  if (text.includes('://')) return 'write the host without its scheme';
  if (text.includes('@')) return 'leave out the user; a credential goes into `credential`';
  if (/[/?#]/.test(text)) return 'a path goes into `rules`';
  return /^[^:]+:[0-9]+$/.test(text) ? 'a port goes into `port`' : undefined;
}
