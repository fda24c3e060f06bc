/** Reads what the proxy's machines would run: systemd units as systemd splits them, and the `docker run` in them. */

/** One `docker run`, taken apart. */
export interface DockerRun {
  /** Options that take a value, each with all of its values. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly flags: readonly string[];
  readonly image: string;
  /** Words after the image. */
  readonly words: readonly string[];
}

const FLAGS = new Set(['--rm', '--read-only', '--init']);

/** All values of a key of a unit file, in order. */
export function settings(unit: string, key: string): string[] {
  return unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

/** `KEY=value` lines. */
export function variablesOf(file: string): Record<string, string> {
  return Object.fromEntries(
    file.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}

/** A command as systemd splits it: quotes taken off, `$NAME` as a word of its own split at spaces, `$$` and `%%` halved. */
export function wordsOf(command: string, variables: Readonly<Record<string, string>>): string[] {
  const words = command.match(/'[^']*'|[^\s']+/g) ?? [];
  return words.flatMap((word) => {
    const [, name] = /^\$(\w+)$/.exec(word) ?? [];
    if (name !== undefined) return (variables[name] ?? '').split(' ').filter(Boolean);
    return [word.replace(/^'(.*)'$/s, '$1').replace(/([$%])\1/g, '$1')];
  });
}

/** Takes a `docker run` apart. Throws for an option that this page doesn't know. */
export function dockerRun(words: readonly string[]): DockerRun {
  if (words[0] !== '/usr/bin/docker' || words[1] !== 'run') throw new Error(`no docker run: ${words.join(' ')}`);
  const options = new Map<string, string[]>();
  const flags: string[] = [];
  let at = 2;
  for (let word = words[at] ?? ''; word.startsWith('-'); word = words[at] ?? '') {
    if (FLAGS.has(word)) {
      flags.push(word);
      at += 1;
      continue;
    }
    const [, name = word, value = words[at + 1] ?? ''] = /^(--[a-z-]+)=(.*)$/.exec(word) ?? [];
    at += name === word ? 2 : 1;
    options.set(name, [...(options.get(name) ?? []), value]);
  }
  return { options, flags, image: words[at] ?? '', words: words.slice(at + 1) };
}

/** The `docker run` that starts a unit. */
export function startOf(unit: string, variables: Readonly<Record<string, string>>): DockerRun {
  const [command = ''] = settings(unit, 'ExecStart');
  return dockerRun(wordsOf(command, variables));
}
