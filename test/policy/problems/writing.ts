/** One thing that is refused: what is wrong with it, the input, and every line of what the reader is told. */
export type Refusal = readonly [title: string, input: () => unknown, lines: readonly string[]];

/** A sound document with `changes` over it. */
export function whole(changes: object): object {
  const document = { policy: 1, name: 'coder', upstreams: [] };
  // Getters are carried over uncalled.
  return Object.defineProperties(document, Object.getOwnPropertyDescriptors(changes));
}

/** A sound document in YAML with one more line. */
export function text(line: string): string {
  return `policy: 1\nname: coder\nupstreams: []\n${line}\n`;
}

/** A sound entry with `changes` over it. */
export function host(changes: object): object {
  return { host: 'api.example.com', rules: ['GET /v1'], ...changes };
}

/** A document with one entry, sound but for `changes`; `undefined` takes a field out. */
export function entry(changes: object): object {
  return whole({ upstreams: [host(changes)] });
}

/** A document with one sound git entry with `changes` over it. */
export function git(changes: object): object {
  return whole({
    upstreams: [{ git: 'git.example.com', repositories: [{ name: 'acme/web', clone: true }], ...changes }],
  });
}

/** A document with one repository. */
export function repository(changes: object): object {
  return git({ repositories: [{ name: 'acme/web', clone: true, ...changes }] });
}

/** A document with one preset entry. */
export function preset(use: string, changes: object = {}): object {
  return whole({ upstreams: [{ use, ...changes }] });
}

/** A document with one entry that has this credential. */
export function proof(credential: unknown): object {
  return entry({ credential });
}

/** Something shaped like a key, put together here so that no scanner finds one in this repository. */
export function secret(head: string, tail: string): string {
  return head + tail;
}

/** A document that contains itself. */
export function cyclic(): object {
  const limits: Record<string, unknown> = {};
  limits['idleSeconds'] = limits;
  return whole({ limits });
}

/** Nine levels of nine aliases each: 387 million values in 300 bytes. */
export function bomb(): string {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, i, names) => {
    const items = Array.from({ length: 9 }, () => (i === 0 ? '1' : `*${names[i - 1]}`));
    return `${name}: &${name} [${items.join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}
