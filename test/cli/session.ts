import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main, type Terminal } from '../../lib/cli';

/** What a command wrote and how it ended. */
export interface Session {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, with its own input and variables. */
export async function anchorhold(
  argv: readonly string[],
  world: {
    readonly input?: string | Uint8Array;
    readonly env?: Record<string, string>;
    readonly interactive?: boolean;
  } = {},
): Promise<Session> {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    env: world.env ?? {},
    interactive: world.interactive ?? false,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    input: async () => Buffer.from(world.input ?? ''),
    ask: async () => '',
  };
  return { exit: await main(argv, terminal), out, err };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'anchorhold-cli-'));
}

/** Writes a policy of this text and returns its path. */
export function policyFile(text: string): string {
  const path = join(temporaryDirectory(), 'policy.yaml');
  writeFileSync(path, text);
  return path;
}

export const SOUND = `policy: 1
name: coder
upstreams:
  - host: api.model.example
    prefix: /model
    credential: { header: x-api-key, secret: model-key }
    rules: [POST /v1/messages]
`;

export const NOT_SOUND = `policy: 1
name: coder
upstreams:
  - host: "*.com"
    rules: any
    colour: red
`;
