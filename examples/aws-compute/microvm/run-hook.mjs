// Answers the one hook of a MicroVM: fetches the proxy's authority, then starts the agent with the caller's text.
import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname } from 'node:path';

const PATH = '/aws/lambda-microvms/runtime/v1/run';
const { ANCHORHOLD_AUTHORITY, ANCHORHOLD_ROOTS = '/etc/ssl/certs/ca-certificates.crt' } = process.env;
const command = process.argv.slice(2);
let started = false;

/** The certificate alone and with the public roots, where the environment of the image says. */
async function fetchTrust() {
  const answer = await fetch(ANCHORHOLD_AUTHORITY);
  if (!answer.ok) throw new Error(`the proxy answered ${answer.status}`);
  const certificate = await answer.text();
  if (!certificate.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error('the proxy answered no certificate');
  const { NODE_EXTRA_CA_CERTS, SSL_CERT_FILE } = process.env;
  await mkdir(dirname(NODE_EXTRA_CA_CERTS), { recursive: true });
  await writeFile(NODE_EXTRA_CA_CERTS, certificate);
  await writeFile(SSL_CERT_FILE, `${await readFile(ANCHORHOLD_ROOTS, 'utf8')}\n${certificate}`);
}

async function run(body) {
  const { runHookPayload } = JSON.parse(body);
  if (typeof runHookPayload !== 'string') throw new Error('no text');
  // A snapshot is started once a run; a second call would start a second agent beside the first.
  if (started) throw new Error('already started');
  started = true;
  await fetchTrust();
  const environment = { ...process.env, ANCHORHOLD_INPUT: runHookPayload };
  const agent = spawn(command[0], command.slice(1), { stdio: 'inherit', env: environment });
  agent.on('error', (error) => process.stderr.write(`${error.message}\n`, () => process.exit(127)));
  agent.on('exit', (code) => process.exit(code ?? 1));
}

const server = createServer(async (request, response) => {
  if (request.method !== 'POST' || request.url !== PATH) return response.writeHead(404).end();
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  try {
    await run(Buffer.concat(pieces).toString());
    response.writeHead(200).end();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    response.writeHead(500).end();
  }
});
server.listen(Number(process.env.ANCHORHOLD_HOOK_PORT ?? 9000), () =>
  process.stderr.write(`hook on ${server.address().port}\n`),
);
