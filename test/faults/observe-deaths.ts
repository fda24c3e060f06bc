import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ended, pause, until, type Lab, type LabProxy, type Seen } from './lab';
import { DOCUMENT } from './observe-secrets';
import { WAYS, type Way } from './ways';

const HOST = 'good.up.example';

export interface DeathObservations {
  readonly source: string;
  readonly alive: readonly Seen[];
  readonly envoyDead: readonly Seen[];
  readonly envoyRestarted: readonly Seen[];
  readonly keeperDead: readonly Seen[];
  /** Asked for what no rule allows, with the keeper dead. */
  readonly keeperDeadRefused: readonly Seen[];
  readonly envoyRestartedWithoutKeeper: readonly Seen[];
}

/** Kills one of the two processes at a time, without warning. */
export async function observe(lab: Lab): Promise<DeathObservations> {
  await lab.raise();
  const server = await lab.upstream({ [HOST]: lab.authority.issue([HOST]) });
  const source = 'canary-lasting-0123456789';
  const proxy = await lab.start(DOCUMENT, new Map([['key', source]]));
  const ask = (way: Way, target?: string) =>
    lab.ask(server, way, target === undefined ? { host: HOST } : { host: HOST, target });
  const every = (target?: string) => Promise.all(WAYS.map((way) => ask(way, target)));
  const serves = () => until(async () => (await ask('transparent')).status === 200, 8000);

  await serves();
  const alive = await every();
  await ended(proxy.envoy, 'SIGKILL');
  const envoyDead = await every();
  await proxy.restart();
  await serves();
  const envoyRestarted = await every();

  await killedKeeper(lab, proxy, source);
  await serves();
  const keeperDead = await every();
  const keeperDeadRefused = await every('/v1/files');
  await ended(proxy.envoy, 'SIGKILL');
  await proxy.restart();
  await serves();
  const envoyRestartedWithoutKeeper = await every();
  await proxy.stop();
  server.close();
  return { source, alive, envoyDead, envoyRestarted, keeperDead, keeperDeadRefused, envoyRestartedWithoutKeeper };
}

/** A keeper process takes over the run directory, is killed, and the secret's source changes after that. */
async function killedKeeper(lab: Lab, proxy: LabProxy, source: string): Promise<void> {
  proxy.keeper.stop();
  const secret = path.join(lab.directory, 'secret');
  fs.writeFileSync(secret, source);
  const main = path.join(__dirname, '../../lib/keeper/main.ts');
  const args = ['--run-directory', proxy.directory, '--secret', `key=file:${secret}`];
  const more = ['--ca', `lab=${lab.authority.file}`];
  const keeper = spawn(process.execPath, ['--import', 'tsx', main, ...args, ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let told = '';
  keeper.stdout.on('data', (part: Buffer) => (told += part.toString()));
  if (!(await until(() => told.includes('\n'), 15_000))) throw new Error('the keeper was not ready after 15 s');
  await ended(keeper, 'SIGKILL');
  fs.writeFileSync(secret, 'canary-never-read-0123456789');
  await pause(2500);
}
