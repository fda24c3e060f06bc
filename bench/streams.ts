import type { Contender, Way } from './contender';
import { open } from './load';
import { residentBytes } from './measure';
import { EVENTS } from './place';

export interface StreamsResult {
  readonly contender: string;
  readonly way: Way;
  readonly streams: number;
  /** Resident memory that one open event stream adds, bytes. */
  readonly bytesEach: number;
}

/** Opens event streams through a proxy, keeps them open, and says what each costs in the proxy's memory. */
export async function holdStreams(contender: Contender, way: Way, streams: number): Promise<StreamsResult> {
  const route = contender.route(way, EVENTS);
  if (!route) throw new Error(`${contender.name} has no way "${way}"`);
  const request = [`POST ${route.path} HTTP/1.1`, `host: ${route.host}`, 'x-api-key: placeholder', 'content-length: 0'];
  const before = residentBytes(contender.pid);
  const sockets = await Promise.all(
    Array.from({ length: streams }, async () => {
      const socket = await open(route);
      socket.write(`${request.join('\r\n')}\r\n\r\n`);
      await new Promise<void>((resolve, reject) => {
        let text = '';
        socket.on('data', (bytes: Buffer) => {
          text += bytes.toString('latin1');
          if (text.includes('data: open')) resolve();
          else if (/^HTTP\/1\.1 [^2]/.test(text)) reject(new Error(`expected a stream, got ${text.slice(0, 300)}`));
        });
        socket.once('close', () => reject(new Error(`closed before the first event: ${text.slice(0, 300)}`)));
      });
      return socket;
    }),
  );
  const bytesEach = (residentBytes(contender.pid) - before) / streams;
  for (const socket of sockets) socket.destroy();
  return { contender: contender.name, way, streams, bytesEach };
}
