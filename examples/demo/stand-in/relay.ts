/**
 * A door into a network namespace: a unix socket is reachable from every namespace that sees its file.
 * A caller writes `address port\n` and then speaks with that address as if it were inside.
 */
import { rmSync } from 'node:fs';
import * as net from 'node:net';

/** Opens the door; runs inside the namespace. */
export async function serveRelay(path: string): Promise<void> {
  rmSync(path, { force: true });
  const server = net.createServer({ allowHalfOpen: true }, (caller) => {
    caller.on('error', () => caller.destroy());
    caller.once('data', (first) => {
      caller.pause();
      const end = first.indexOf(10);
      const [host = '', port = ''] = first.toString('latin1', 0, end).split(' ');
      const target = net.connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
      target.on('error', () => caller.destroy());
      caller.on('close', () => target.destroy());
      target.on('close', () => caller.destroy());
      target.on('connect', () => {
        // the answer tells a refused connection from one that was opened and closed again
        caller.write('\n');
        target.write(first.subarray(end + 1));
        caller.pipe(target);
        target.pipe(caller);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
}

/** A stream to `address:port` as seen from inside. Rejects when nothing accepts there. */
export function dialThrough(path: string, address: string, port: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path, allowHalfOpen: true });
    const refused = () => reject(new Error(`${address}:${port}: expected a connection, got none`));
    socket.once('error', refused).once('close', refused);
    socket.write(`${address} ${port}\n`);
    socket.once('readable', () => {
      if (socket.read(1) === null) return;
      socket.off('error', refused).off('close', refused);
      resolve(socket);
    });
  });
}
