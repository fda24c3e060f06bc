/**
 * The agent in the cell: the model vendor's own client library in a tool-use loop with one tool, a shell. Its key is a
 * placeholder. It tells what happens as JSON lines on standard output.
 */
import { spawnSync } from 'node:child_process';
import Anthropic from '@anthropic-ai/sdk';

/** One line of the agent's transcript. */
export type Told =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'tool';
      readonly command: string;
      readonly code: number;
      readonly out: string;
      readonly err: string;
    }
  | { readonly kind: 'end'; readonly turns: number; readonly stopReason: string }
  | { readonly kind: 'failed'; readonly message: string };

const SHELL: Anthropic.Tool = {
  name: 'bash',
  description: 'Runs one line of shell.',
  input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};

async function work(prompt: string): Promise<Told> {
  const client = new Anthropic();
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: prompt }];
  for (let turns = 1; ; turns += 1) {
    const stream = client.messages.stream({ model: 'stand-in', max_tokens: 1024, tools: [SHELL], messages });
    stream.on('text', (text) => tell({ kind: 'text', text, at: Date.now() }));
    const answer = await stream.finalMessage();
    const calls = answer.content.flatMap((block) => (block.type === 'tool_use' ? [block] : []));
    if (calls.length === 0) return { kind: 'end', turns, stopReason: String(answer.stop_reason) };
    messages.push({ role: 'assistant', content: answer.content }, { role: 'user', content: calls.map(useTool) });
  }
}

function useTool(call: Anthropic.ToolUseBlock): Anthropic.ToolResultBlockParam {
  const input = call.input;
  const command = typeof input === 'object' && input !== null && 'command' in input ? String(input.command) : 'false';
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8', timeout: 20_000 });
  tell({ kind: 'tool', command, code: status ?? 124, out: stdout, err: stderr });
  const content = `exit ${status ?? 124}\n${stdout}${stderr}`.slice(0, 10_000);
  return { type: 'tool_result', tool_use_id: call.id, content, is_error: status !== 0 };
}

function tell(told: Told): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

work(process.argv[2] ?? '').then(tell, (error: unknown) => {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
