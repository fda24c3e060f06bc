/** What the stand-in model answers: tool calls as its user dictates, then a sentence. A pure function of the request. */

/** The parts of a Messages request that matter here. */
export interface Asked {
  readonly model?: unknown;
  readonly stream?: unknown;
  readonly tools?: unknown;
  readonly messages?: unknown;
}

export type Block =
  | { readonly type: 'text'; readonly text: '' }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Record<string, never> };

/** One content block, in the pieces that a stream sends it in. */
export interface Turn {
  readonly block: Block;
  readonly pieces: readonly string[];
  readonly stopReason: 'end_turn' | 'tool_use';
}

const WORDS = ['The ', 'only ', 'way ', 'out ', 'is ', 'the ', 'window.'];

/**
 * A model that obeys whatever its prompt says, as one that was led astray does: each line `$ COMMAND` of the first
 * message becomes a call of the first tool that takes a `command`, one a turn.
 */
export function turnOf({ messages, tools }: Asked): Turn {
  const turns = listOf(messages);
  const commands = textOf(recordOf(turns[0]).content)
    .split('\n')
    .flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
  const done = turns.flatMap((turn) => listOf(recordOf(turn).content)).filter((part) => isOfType(part, 'tool_result'));
  const tool = listOf(tools).find(
    (offered) => 'command' in recordOf(recordOf(recordOf(offered).input_schema).properties),
  );
  const command = commands[done.length];
  if (tool === undefined || command === undefined)
    return { block: { type: 'text', text: '' }, pieces: WORDS, stopReason: 'end_turn' };
  const input = JSON.stringify({ command });
  const half = Math.ceil(input.length / 2);
  return {
    block: { type: 'tool_use', id: `toolu_standin${done.length}`, name: String(recordOf(tool).name), input: {} },
    pieces: [input.slice(0, half), input.slice(half)],
    stopReason: 'tool_use',
  };
}

/** The block as an answer without a stream has it. */
export function whole(block: Block, pieces: readonly string[]): object {
  return block.type === 'text' ? { ...block, text: pieces.join('') } : { ...block, input: JSON.parse(pieces.join('')) };
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => String(recordOf(part).text ?? ''))
    .join('\n');
}

function isOfType(part: unknown, type: string): boolean {
  return recordOf(part).type === type;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
