/** A stand-in for a model API: the Messages API with streaming, and a few addresses that tests use to try the proxy. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { turnOf, whole, type Asked } from './model-turn';
import type { Respond } from './tls-site';

const USAGE = { input_tokens: 12, output_tokens: 6, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };

/** `key` is the real key: a request under `/v1/` without exactly it is answered with 401. */
export function modelApi(key: () => string): Respond {
  return async (request, body, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.startsWith('/echo')) return echo(request, body, response);
    if (path.startsWith('/sse')) return events(request, response);
    if (path.startsWith('/status/')) return json(response, Number(path.slice(8)), { status: Number(path.slice(8)) });
    if (path.startsWith('/bytes/')) return response.end(Buffer.alloc(Math.min(Number(path.slice(7)), 64 << 20), 'a'));
    if (request.headers['x-api-key'] !== key())
      return refuse(response, 401, 'authentication_error', 'invalid x-api-key');
    if (request.method === 'POST' && path === '/v1/messages') return message(body, response);
    if (request.method === 'POST' && path === '/v1/messages/count_tokens')
      return json(response, 200, { input_tokens: 12 });
    return refuse(response, 404, 'not_found_error', path);
  };
}

async function message(body: Buffer, response: ServerResponse): Promise<void> {
  const asked = parse(body);
  const { block, pieces, stopReason } = turnOf(asked);
  const reply = {
    id: 'msg_standin',
    type: 'message',
    role: 'assistant',
    model: typeof asked.model === 'string' ? asked.model : 'stand-in',
    stop_sequence: null,
    usage: USAGE,
  };
  if (asked.stream !== true) {
    json(response, 200, { ...reply, stop_reason: stopReason, content: [whole(block, pieces)] });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (type: string, data: object) => response.write(event(type, data));
  send('message_start', { message: { ...reply, stop_reason: null, content: [] } });
  send('content_block_start', { index: 0, content_block: block });
  for (const piece of pieces) {
    const delta =
      block.type === 'text' ? { type: 'text_delta', text: piece } : { type: 'input_json_delta', partial_json: piece };
    send('content_block_delta', { index: 0, delta });
    if (block.type === 'text') await pause(15); // apart, so that a proxy that buffers would be noticed
  }
  send('content_block_stop', { index: 0 });
  send('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage: USAGE });
  send('message_stop', {});
  response.end();
}

/** Tells the caller what it was sent, credential included, in the body and in headers: what response scrubbing must mask. */
function echo(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const credential = String(request.headers['x-api-key'] ?? request.headers.authorization ?? '');
  const seen = { method: request.method, url: request.url, headers: request.headers, body: body.toString('latin1') };
  const head = {
    'content-type': 'application/json',
    'x-echo-credential': credential,
    'x-echo-path': request.url ?? '',
  };
  response.writeHead(200, head);
  response.end(JSON.stringify({ ...seen, bare: credential.replace(/^\w+ /, '') }));
}

/** `/sse?count=20&gap=1000`: an event every `gap` milliseconds, each with the time it was sent. */
async function events(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const query = new URL(request.url ?? '', 'https://localhost').searchParams;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let index = 0; index < Number(query.get('count') ?? 5) && !response.destroyed; index += 1) {
    response.write(event('tick', { index, at: Date.now() }));
    await pause(Number(query.get('gap') ?? 100));
  }
  response.end();
}

/** Accepts a WebSocket (RFC 6455) and sends back every byte it gets, frames unread. */
export function echoSocket(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const accept = createHash('sha1')
    .update(`${String(request.headers['sec-websocket-key'])}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  socket.write(`${lines.join('\r\n')}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.write(head);
  socket.pipe(socket);
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, type: string, text: string): void {
  json(response, status, { type: 'error', error: { type, message: text } });
}

function parse(body: Buffer): Asked {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
