/**
 * Starts the agent's command behind its loopback: connections to each proxy port of 127.0.0.1 are carried into the socket of
 * that name. It runs in the container, is no wall, and needs `node` there: clients speak TCP, and the container has no network.
 */
export const GVISOR_BRIDGE = `import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';

const [directory, ports, ...command] = process.argv.slice(2);
const listening = ports.split(',').map(
  (port) =>
    new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true }, (client) => {
        const proxy = connect({ path: \`\${directory}/\${port}.sock\`, allowHalfOpen: true });
        client.pipe(proxy).pipe(client);
        client.on('error', () => proxy.destroy());
        proxy.on('error', () => client.destroy());
      });
      server.on('error', reject);
      server.listen(Number(port), '127.0.0.1', resolve);
    }),
);
await Promise.all(listening);
const child = spawn(command[0], command.slice(1), { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
`;
