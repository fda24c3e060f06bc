import { join } from 'node:path';
import { findEnvoy } from '../aws/find-envoy';
import { keeperProgram } from '../aws/booted-task';

/** Options of `docker run` in our units that take a value. */
const VALUED =
  /^(?:--(?:name|user|workdir|cap-drop|security-opt|pids-limit|ulimit|log-driver|network|sysctl|dns|add-host|entrypoint)|-[pv])$/;
const FLAGS = /^--(?:rm|read-only)$/;

/**
 * What a `docker run` of a unit would do, as words for a shell in a mount namespace of its own: its mounts, its working
 * directory, its program. Its user is left out: whoever runs the tests may not become another. Throws at what it doesn't know.
 */
export function dockerWords(command: string, scratch: string): string[] {
  const words = command.replace(/^-/, '').split(' ');
  if (words.splice(0, 2).join(' ') !== '/usr/bin/docker run') throw new Error(`no docker run: ${command}`);
  const options: (readonly [string, string])[] = [];
  while (words[0]?.startsWith('-')) {
    const [name = ''] = words.splice(0, 1);
    if (VALUED.test(name)) options.push([name, words.shift() ?? '']);
    else if (!FLAGS.test(name)) throw new Error(`docker run: no option ${name} here`);
  }
  const values = (name: string): string[] => options.filter(([one]) => one === name).map(([, value]) => value);
  const program = programOf(words.shift() ?? '', values('--entrypoint')[0]);
  const root = join(scratch, 'root');
  const script = [
    // Sources are the machine's, also below what a mount hides.
    `mkdir -p ${root} && mount --rbind / ${root}`,
    ...values('-v').map((text) => mountOf(text, root)),
    `cd ${values('--workdir')[0] ?? '/'}`,
    'exec "$@"',
  ];
  return ['unshare', '-m', 'sh', '-ec', script.join('\n'), 'docker', ...program, ...words];
}

function mountOf(text: string, root: string): string {
  const [from = '', to = ''] = text.split(':');
  // As the container's runtime does: what is mounted onto must be there.
  return `if [ -d ${root}${from} ]; then mkdir -p ${to}; else mkdir -p $(dirname ${to}); touch ${to}; fi; mount --bind ${root}${from} ${to}`;
}

function programOf(image: string, entry: string | undefined): readonly string[] {
  if (image === '$ENVOY_IMAGE' && entry === '/usr/local/bin/envoy') return [findEnvoy()];
  if (image === '$KEEPER_IMAGE' && entry === undefined) return keeperProgram();
  throw new Error(`docker run: no image ${image} here`);
}
