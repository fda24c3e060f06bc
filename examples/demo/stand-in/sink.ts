/** Listeners where nothing should ever arrive. They answer, so that a way that is open can't be mistaken for a closed one. */
import * as dgram from 'node:dgram';
import * as net from 'node:net';
import type { Recorder } from './record';

/** What a metadata service would hand out; if the agent ever prints it, the boundary leaks. */
export const CANARY = 'canary-metadata-document';

/** Records each connection to `address:port` and answers any byte with the canary. */
export async function tcpSink(address: string, port: number, record: Recorder): Promise<void> {
  const server = net.createServer((socket) => {
    record.add({ kind: 'tcp', to: address, port, from: socket.remoteAddress ?? '' });
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      const body = `${CANARY}\n`;
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, address, resolve));
}

/** Records each datagram to `address:port` and sends it back. */
export async function udpSink(address: string, port: number, record: Recorder): Promise<void> {
  const socket = dgram.createSocket(net.isIPv6(address) ? 'udp6' : 'udp4');
  socket.on('message', (message, { address: from, port: back }) => {
    record.add({ kind: 'udp', to: address, port, from, bytes: message.length });
    socket.send(message, back, from);
  });
  await new Promise<void>((resolve) => socket.bind(port, address, resolve));
}
