import { turnOf, whole } from '../../examples/demo/stand-in/model-turn';

const tools = [{ name: 'bash', input_schema: { type: 'object', properties: { command: { type: 'string' } } } }];
const user = (content: unknown) => ({ role: 'user', content });
const result = user([{ type: 'tool_result', tool_use_id: 'x', content: 'exit 0' }]);

test('the stand-in model calls the tool for each line that its user dictates, one a turn, and then ends', () => {
  const messages: unknown[] = [user('Do these:\n$ first\nnot this\n$ second')];
  const commands: unknown[] = [];
  for (;;) {
    const { block, pieces, stopReason } = turnOf({ messages, tools });
    if (stopReason === 'end_turn') break;
    expect(block).toMatchObject({ type: 'tool_use', name: 'bash', id: `toolu_standin${commands.length}` });
    commands.push(JSON.parse(pieces.join('')));
    messages.push({ role: 'assistant', content: [whole(block, pieces)] }, result);
  }
  expect(commands).toEqual([{ command: 'first' }, { command: 'second' }]);
});

test('it reads a prompt that comes in parts', () => {
  const { pieces } = turnOf({ tools, messages: [user([{ type: 'text', text: '$ ls' }])] });
  expect(pieces.join('')).toBe('{"command":"ls"}');
});

test.each([
  ['no tool is offered', { messages: [user('$ ls')] }],
  ['no tool takes a command', { messages: [user('$ ls')], tools: [{ name: 'clock' }] }],
  ['nothing is dictated', { messages: [user('hello')], tools }],
  ['the request is not one', { messages: 'x', tools: 7 }],
])('it answers in words when %s', (_when, asked) => {
  const { block, pieces, stopReason } = turnOf(asked);
  expect({ type: block.type, stopReason }).toEqual({ type: 'text', stopReason: 'end_turn' });
  expect(whole(block, pieces)).toEqual({ type: 'text', text: 'The only way out is the window.' });
});
